/** Says that a value is not needed: the call was made for what it did, or for what it would have refused. */
export const discard: (value: unknown) => void = () => undefined
