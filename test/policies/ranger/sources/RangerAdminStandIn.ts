/** A Ranger Admin for tests: its download paths, its versions, its changes, and ways of going wrong. */
import { Hono } from 'hono'
import type { Json } from '../ranger.ts'
import { policiesJson, rolesJson, tagsJson, usersJson } from '../ranger.ts'
import type { World } from '../ranger.ts'

export type Part = 'policies' | 'roles' | 'tags' | 'users'

/** How an answer goes wrong: a status, a body that is not what it should be, or none until told. */
export type Trouble =
  | { readonly status: number; readonly location?: string }
  | { readonly body: string | Uint8Array<ArrayBuffer> }
  | { readonly until: Promise<void> }
  | { readonly unreachable: true }

export interface Asked {
  readonly part: Part
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
}

export interface RangerAdminStandIn {
  readonly fetch: typeof fetch
  readonly app: Hono
  readonly asked: Array<Asked>
  /** Puts a world in place; versions of parts that have changed go up. */
  readonly publish: (world: World) => void
  /** Serves a body as the next version of a part, whatever is in it. */
  readonly serve: (part: Part, body: Json, version: number) => void
  /** Serves changes to those who know a version. */
  readonly serveChanges: (since: number, body: Json, version: number) => void
  readonly trouble: (part: Part, trouble: Trouble | undefined) => void
}

const versionFields = {
  policies: 'policyVersion',
  roles: 'roleVersion',
  tags: 'tagVersion',
  users: 'userStoreVersion'
} as const

const parts: Readonly<Record<Part, { readonly plain: string; readonly secure: string; readonly version: string }>> = {
  policies: {
    plain: '/service/plugins/policies/download/:name',
    secure: '/service/plugins/secure/policies/download/:name',
    version: 'lastKnownVersion'
  },
  roles: {
    plain: '/service/roles/download/:name',
    secure: '/service/roles/secure/download/:name',
    version: 'lastKnownRoleVersion'
  },
  tags: {
    plain: '/service/tags/download/:name',
    secure: '/service/tags/secure/download/:name',
    version: 'lastKnownVersion'
  },
  users: {
    plain: '/service/xusers/download/:name',
    secure: '/service/xusers/secure/download/:name',
    version: 'lastKnownUserStoreVersion'
  }
}

export interface StandInOptions {
  readonly serviceName?: string
  /** What `Authorization` must be on the secure paths. Default: anything but nothing. */
  readonly authorization?: string
}

export const createRangerAdminStandIn = ({
  serviceName = 'sf',
  authorization
}: StandInOptions = {}): RangerAdminStandIn => {
  const served = new Map<Part, { readonly version: number; readonly body: Json }>()
  const troubles = new Map<Part, Trouble>()
  const asked: Array<Asked> = []
  let changes: { readonly since: number; readonly body: Json } | undefined

  const app = new Hono()
  for (const [part, { plain, secure, version }] of Object.entries(parts) as Array<[Part, (typeof parts)[Part]]>)
    for (const path of [plain, secure])
      app.get(path, async context => {
        const given = context.req.header('authorization')
        const query = context.req.query()
        asked.push({ part, path: context.req.path, query, authorization: given })
        const trouble = troubles.get(part)
        if (trouble !== undefined && 'until' in trouble) await trouble.until
        else if (trouble !== undefined && 'status' in trouble)
          return new Response(trouble.status === 204 || trouble.status === 304 ? null : '<html>trouble</html>', {
            status: trouble.status,
            ...(trouble.location === undefined ? {} : { headers: { location: trouble.location } })
          })
        else if (trouble !== undefined && 'body' in trouble) return new Response(trouble.body)
        if (path === secure && (authorization === undefined ? given === undefined : given !== authorization))
          return new Response('no', { status: 401 })
        if (context.req.param('name') !== serviceName)
          return new Response('RANGER_ERROR_SERVICE_NOT_FOUND', { status: 404 })
        const found = served.get(part)
        const known = Number(query[version])
        if (found === undefined) return new Response(null, { status: 404 })
        if (known === found.version) return new Response(null, { status: 304 })
        if (part === 'policies' && query['supportsPolicyDeltas'] === 'true' && known === changes?.since)
          return context.json({ ...changes.body, policyVersion: found.version })
        return context.json({ serviceName, ...found.body, [versionFields[part]]: found.version })
      })

  const serve = (part: Part, body: Json, version: number): void => void served.set(part, { version, body })
  const publish = (world: World): void => {
    const bodies: Record<Part, Json> = {
      policies: { ...policiesJson(world), serviceName },
      roles: rolesJson(world.roles ?? {}),
      tags: tagsJson(world.tags ?? {}),
      users: usersJson(world.users ?? {}, world.attributes)
    }
    for (const [part, body] of Object.entries(bodies) as Array<[Part, Json]>) {
      const before = served.get(part)
      if (JSON.stringify(before?.body) !== JSON.stringify(body)) serve(part, body, (before?.version ?? 0) + 1)
    }
  }
  return {
    app,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const part = (Object.keys(parts) as Array<Part>).find(name =>
        new RegExp(`/${name === 'users' ? 'xusers' : name}/`).test(new URL(request.url).pathname)
      )
      const trouble = part && troubles.get(part)
      if (trouble !== undefined && 'unreachable' in trouble) throw new TypeError('fetch failed')
      return app.fetch(request)
    },
    asked,
    publish,
    serve,
    serveChanges: (since, body, version) => {
      serve('policies', served.get('policies')?.body ?? {}, version)
      changes = { since, body }
    },
    trouble: (part, trouble) => {
      if (trouble === undefined) troubles.delete(part)
      else troubles.set(part, trouble)
    }
  }
}
