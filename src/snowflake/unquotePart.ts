/** Snowflake prints grantee and object names quoted where they need it; this is the stored name behind such a part. */
export const unquotePart = (printed: string): string =>
  printed.length >= 2 && printed.startsWith('"') && printed.endsWith('"')
    ? printed.slice(1, -1).replaceAll('""', '"')
    : printed
