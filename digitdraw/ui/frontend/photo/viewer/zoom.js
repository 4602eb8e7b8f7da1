// Zooms a picture inside its view, which scrolls. The page does not grow.

const MAX_ZOOM = 8; // of a square picture; a narrow one has to grow to fill its view, too
const STEP = 1.5;

// `stage` is the element that holds the picture, `bar` has the buttons. `focusPoint()` returns the
// point to keep in sight, as shares of the picture's width and height, or null.
export function createZoom(view, stage, bar, focusPoint) {
  const buttons = Object.fromEntries(
    ["in", "out", "fit"].map((
      name,
    ) => [name, bar.querySelector("[data-action=zoom-" + name + "]")]),
  );
  let ratio = 0; // the picture's width over its height; 0 without a picture
  let zoom = 1; // 1 shows the whole picture

  function layOut() {
    if (!ratio || !view.offsetWidth) return;
    // The room inside the border. Scrollbars do not count, since they come and go.
    const style = getComputedStyle(view);
    const border = parseFloat(style.borderLeftWidth) + parseFloat(style.borderRightWidth);
    const room = { width: view.offsetWidth - border, height: view.offsetHeight - border };
    const fittingWidth = Math.min(room.width, room.height * ratio);
    stage.style.width = Math.floor(fittingWidth * zoom) + "px";
    stage.style.aspectRatio = ratio; // gives the height before the picture is decoded
    view.classList.toggle("dd-zoomed", zoom > 1);
    buttons.in.disabled = zoom >= maxZoom();
    buttons.out.disabled = buttons.fit.disabled = zoom === 1;
  }

  // Without a point to focus on, the middle of the view stays in the middle.
  function zoomTo(next, middle = focusPoint() ?? middleOfView()) {
    zoom = Math.min(maxZoom(), Math.max(1, next));
    layOut();
    view.scrollLeft = middle[0] * view.scrollWidth - view.clientWidth / 2;
    view.scrollTop = middle[1] * view.scrollHeight - view.clientHeight / 2;
  }

  function maxZoom() {
    return MAX_ZOOM * Math.max(ratio, 1 / ratio);
  }

  function middleOfView() {
    return [
      (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth,
      (view.scrollTop + view.clientHeight / 2) / view.scrollHeight,
    ];
  }

  buttons.in.addEventListener("click", () => zoomTo(zoom * STEP));
  buttons.out.addEventListener("click", () => zoomTo(zoom / STEP));
  buttons.fit.addEventListener("click", () => zoomTo(1));
  new ResizeObserver(layOut).observe(view);

  return {
    // Shows the whole of another picture.
    fit(width, height) {
      ratio = width / height;
      zoomTo(1);
    },
    // Shows a part of the picture, given by its ends as shares of the picture's width and height,
    // as large as it fits, with a zoom between `least` and `most`. If it does not fit, it scrolls one
    // way only where that is possible, and its upper left comes first.
    showPart([left, top, right, bottom], least, most) {
      const across = view.clientWidth / stage.clientWidth / (right - left);
      const down = view.clientHeight / stage.clientHeight / (bottom - top);
      const [fitting, oneWay] = [Math.min(across, down), Math.max(across, down)];
      const wanted = fitting < least ? Math.max(least, oneWay) : fitting;
      zoomTo(Math.min(wanted, most), [(left + right) / 2, (top + bottom) / 2]);
      if (across < zoom) view.scrollLeft = left * view.scrollWidth;
      if (down < zoom) view.scrollTop = top * view.scrollHeight;
    },
    // To be called when there is no picture any more.
    clear() {
      ratio = 0;
      view.classList.remove("dd-zoomed");
    },
    middleOfView,
  };
}
