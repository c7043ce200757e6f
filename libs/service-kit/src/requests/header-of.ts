/** The header that a property of a class of headers stands for: `ifNoneMatch` → `If-None-Match`. */
export function headerOf(property: string): string {
  const words = property.replace(/[A-Z]/g, (letter) => `-${letter}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
