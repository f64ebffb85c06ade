/** A string as JSON writes it. Most need no escape, and this runs several times for every event. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

export const jsonText = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`)
