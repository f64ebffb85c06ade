/** Names as senders write them, and the exact stored name behind them (DESIGN: `"quoted"` text is unquoted, all else is exact). */

const looksQuoted = (text: string): boolean => text.length >= 2 && text.startsWith('"') && text.endsWith('"')

/** The stored name, or undefined where a quoted text does not double its inner quotes. */
export const storedName = (text: string): string | undefined => {
  if (!looksQuoted(text)) return text
  const inner = text.slice(1, -1)
  return inner.replaceAll('""', '').includes('"') ? undefined : inner.replaceAll('""', '"')
}

/** The text that {@link storedName} reads back as `name`. */
export const quoteIfAmbiguous = (name: string): string => (looksQuoted(name) ? `"${name.replaceAll('"', '""')}"` : name)
