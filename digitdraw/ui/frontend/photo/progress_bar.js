// Shows how many of several photos are read; hidden for a single one.

export function createProgressBar(bar) {
  const fill = bar.querySelector(".dd-progress-fill");
  const text = bar.querySelector(".dd-progress-text");

  return function showProgress(done, total) {
    bar.hidden = total < 2;
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    bar.setAttribute("aria-valuetext", done + " of " + total);
    fill.style.setProperty("--dd-value", total ? done / total : 0);
    text.textContent = done + " of " + total;
  };
}
