// Texts. What comes from records becomes a text node and nothing else, with characters that hide or turn text around made visible.

/**
 * @param {string} text
 * @returns {string}
 */
export function visible(text) {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16).toUpperCase()}}`);
}

/**
 * On one line.
 * @param {string} text
 */
export function oneLine(text) { return visible(text).replace(/[\t\n]+/g, " "); }

/**
 * As the text of Swift has it: 12.34 ms.
 * @param {number} nanos
 */
export function took(nanos) {
  const size = Math.abs(nanos);
  if (size < 1e3) return `${nanos} ns`;
  if (size < 1e6) return `${(nanos / 1e3).toFixed(2)} µs`;
  if (size < 1e9) return `${(nanos / 1e6).toFixed(2)} ms`;
  if (size < 60e9) return `${(nanos / 1e9).toFixed(2)} s`;
  return `${Math.floor(nanos / 60e9)} min ${((nanos % 60e9) / 1e9).toFixed(1)} s`;
}

/**
 * An element with a class and a text.
 * @param {string} tag
 * @param {string} [kind]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * An element of the page's own body.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) { return /** @type {HTMLElement} */ (document.getElementById(id)); }
