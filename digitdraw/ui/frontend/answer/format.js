// Numbers as text.

// A fraction as a percentage. Values close to 100 % keep a decimal, so that 99.6 % is not shown as
// 100 %; values below `exactBelow` keep one, too.
export function percent(fraction, exactBelow = 0) {
  const isExact = fraction >= 0.995 || fraction < exactBelow;
  return (fraction * 100).toFixed(isExact ? 1 : 0) + " %";
}
