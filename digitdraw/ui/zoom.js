// Zooms a picture inside of its view, which scrolls; the page does not grow. Knows the picture
// by its size, and by what its owner wants to be seen: `aim()` gives a point of it as shares of its
// width and height, or null.

const LARGEST = 8;
const ZOOM_STEP = 1.5;

function makeZoom(view, stage, bar, aim) {
  const buttons = Object.fromEntries(
    ["in", "out", "fit"].map((name) => [name, bar.querySelector("[data-do=zoom-" + name + "]")]),
  );
  let ratio = 0; // the picture's width over its height; 0 before there is one
  let zoom = 1;

  function lay() {
    if (!ratio || !view.offsetWidth) return;
    // Inside of the border; scrollbars, which come and go, do not count.
    const style = getComputedStyle(view);
    const border = parseFloat(style.borderLeftWidth) + parseFloat(style.borderRightWidth);
    const room = { width: view.offsetWidth - border, height: view.offsetHeight - border };
    const fitting = Math.min(room.width, room.height * ratio);
    stage.style.width = Math.floor(fitting * zoom) + "px";
    stage.style.aspectRatio = ratio; // so that it is as high before the picture is decoded
    view.classList.toggle("dd-zoomed", zoom > 1);
    buttons.in.disabled = zoom >= LARGEST;
    buttons.out.disabled = buttons.fit.disabled = zoom === 1;
  }

  // Without an aim, what is in the middle of the view stays there.
  function zoomTo(next, middle = aim() ?? middleOfView()) {
    zoom = Math.min(LARGEST, Math.max(1, next));
    lay();
    view.scrollLeft = middle[0] * view.scrollWidth - view.clientWidth / 2;
    view.scrollTop = middle[1] * view.scrollHeight - view.clientHeight / 2;
  }

  function middleOfView() {
    return [
      (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth,
      (view.scrollTop + view.clientHeight / 2) / view.scrollHeight,
    ];
  }

  buttons.in.addEventListener("click", () => zoomTo(zoom * ZOOM_STEP));
  buttons.out.addEventListener("click", () => zoomTo(zoom / ZOOM_STEP));
  buttons.fit.addEventListener("click", () => zoomTo(1));
  new ResizeObserver(lay).observe(view);

  return {
    // Another picture is seen whole.
    fit(width, height) {
      ratio = width / height;
      zoomTo(1);
    },
    // Shows a part of it, whose ends are shares of its width and height, as large as all of the
    // part can be seen, but at most so much larger than the picture fits.
    frame([left, top, right, bottom], most) {
      const across = view.clientWidth / stage.clientWidth / (right - left);
      const down = view.clientHeight / stage.clientHeight / (bottom - top);
      zoomTo(Math.min(across, down, most), [(left + right) / 2, (top + bottom) / 2]);
    },
  };
}
