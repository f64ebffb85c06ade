/** The requests that a test publishes: what each was for, and when. */
import { createSyncRequest, ResourceReference, toPromise } from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'

export interface Requests {
  /** By the request's id. */
  readonly published: ReadonlyMap<string, { readonly table: string; readonly atMs: number }>
  /** For the table of that number. */
  readonly publish: (table: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const tableName = (n: number): string => `table ${n}`

export const createRequests = (connectionString: string): Requests => {
  const publisher = createPublisher({ connectionString })
  const published = new Map<string, { readonly table: string; readonly atMs: number }>()
  return {
    published,
    publish: async table => {
      const id = `task-${published.size}`
      published.set(id, { table: tableName(table), atMs: Date.now() })
      const resources = [ResourceReference.table('DATA', 'PUBLIC', tableName(table))]
      await toPromise(publisher.publish(createSyncRequest({ id, resources })))
    },
    close: () => toPromise(publisher.close())
  }
}
