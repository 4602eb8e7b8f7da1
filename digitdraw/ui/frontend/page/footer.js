// The page's footer: a line of text, which needs no more than its translation.

export function start() {}
