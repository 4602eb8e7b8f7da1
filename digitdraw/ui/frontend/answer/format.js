// Numbers as messages, see language/texts.js.

import { message } from "../language/texts.js";

// A fraction as a percentage. Values close to 100 % keep a decimal, so that 99.6 % is not shown as
// 100 %; values below `exactBelow` keep one, too.
export function percent(fraction, exactBelow = 0) {
  const isExact = fraction >= 0.995 || fraction < exactBelow;
  return message(isExact ? "number.percent_exact" : "number.percent", { value: fraction * 100 });
}
