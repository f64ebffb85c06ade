/**
 * Which partition a key belongs to: the hash the service uses, so that events sent with a key through a client that maps keys
 * itself (the buffered producer) and through one that leaves it to the service meet in the same partition.
 *
 * The hash is Bob Jenkins' lookup3 (`hashlittle2` with both seeds 0, public domain, burtleburtle.net/bob/c/lookup3.c);
 * its two words are folded to 16 signed bits, whose remainder is the partition.
 *
 * **When to use**: to know in a test where events with a key must be found.
 *
 * @example
 * ```ts
 * import { partitionForKey } from 'on-demand-sync/testing'
 *
 * if (partitionForKey('order-17', 4) !== 1) throw new Error('unexpected')
 * ```
 */
export const partitionForKey = (key: string, partitions: number): number => {
  const [b, c] = lookup3(Buffer.from(key, 'utf8'))
  const folded = ((b ^ c) << 16) >> 16
  return Math.abs(folded % partitions)
}

type Words = readonly [a: number, b: number, c: number]

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const lookup3 = (bytes: Buffer): readonly [b: number, c: number] => {
  const seed = (0xdeadbeef + bytes.length) | 0
  const lastBlock = Math.max(0, Math.ceil(bytes.length / 12) - 1) * 12
  let words: Words = [seed, seed, seed]
  for (let at = 0; at < lastBlock; at += 12) words = mix(addBlock(words, bytes.subarray(at, at + 12)))
  if (bytes.length === 0) return [words[1], words[2]]
  const [, b, c] = finish(addBlock(words, bytes.subarray(lastBlock)))
  return [b, c]
}

/** Adds up to 12 bytes, little-endian; a short block counts as padded with zeros. */
const addBlock = ([a, b, c]: Words, block: Buffer): Words => {
  const padded = Buffer.alloc(12)
  block.copy(padded)
  return [(a + padded.readInt32LE(0)) | 0, (b + padded.readInt32LE(4)) | 0, (c + padded.readInt32LE(8)) | 0]
}

const mix = (words: Words): Words => {
  let [a, b, c] = words
  a = ((a - c) | 0) ^ rotate(c, 4)
  c = (c + b) | 0
  b = ((b - a) | 0) ^ rotate(a, 6)
  a = (a + c) | 0
  c = ((c - b) | 0) ^ rotate(b, 8)
  b = (b + a) | 0
  a = ((a - c) | 0) ^ rotate(c, 16)
  c = (c + b) | 0
  b = ((b - a) | 0) ^ rotate(a, 19)
  a = (a + c) | 0
  c = ((c - b) | 0) ^ rotate(b, 4)
  b = (b + a) | 0
  return [a, b, c]
}

const finish = (words: Words): Words => {
  let [a, b, c] = words
  c = ((c ^ b) - rotate(b, 14)) | 0
  a = ((a ^ c) - rotate(c, 11)) | 0
  b = ((b ^ a) - rotate(a, 25)) | 0
  c = ((c ^ b) - rotate(b, 16)) | 0
  a = ((a ^ c) - rotate(c, 4)) | 0
  b = ((b ^ a) - rotate(a, 14)) | 0
  c = ((c ^ b) - rotate(b, 24)) | 0
  return [a, b, c]
}
