// Why: colours the ink by what it speaks for, once the pen rests. Knows no model.

const REST_MS = 300; // without a change for this long, the pen rests
const WHY_KEY = "digitdraw.why";
const HEAT_WIDTH = 1.5; // of the pen's width: what is beyond the ink is cut off
const PIECE = 6; // length of one colour, in units of the drawing
const DOTTED_FROM = 0.15; // ink that speaks against the answer this much is dotted, too

function makeWhy(page, pad, ask) {
  const find = (selector) => page.querySelector(selector);
  const button = find("[data-do=why]");
  const legend = find(".dd-legend");
  const words = [legend.querySelector(".dd-for"), legend.querySelector(".dd-against")];
  const canvas = find(".dd-heat");
  const asker = makeAsker(ask, { answered: show, lost() {} });
  let isOn = remembered(WHY_KEY) === "on";
  let lines = [];
  let resting = 0;

  // From any change of the drawing on, what was asked or shown is out of date.
  function hide() {
    clearTimeout(resting);
    asker.forget();
    if (legend.hidden) return;
    lines = [];
    legend.hidden = true;
    canvas.classList.remove("dd-shown");
    canvas.setAttribute("aria-hidden", "true");
  }

  function rest() {
    clearTimeout(resting);
    if (isOn && !pad.isBlank) resting = setTimeout(() => asker.want(pad.question), REST_MS);
  }

  function show(reply) {
    if (reply.error || !reply.legend.length) return; // the answer panel has said why
    lines = reply.lines;
    words.forEach((each, index) => (each.textContent = reply.legend[index] ?? ""));
    legend.classList.toggle("dd-above", isLow(pad.strokes));
    legend.hidden = false;
    canvas.setAttribute("aria-label", reply.described);
    canvas.removeAttribute("aria-hidden");
    paint();
    canvas.classList.add("dd-shown");
  }

  function paint() {
    if (legend.hidden) return;
    canvas.width = canvas.height = pad.canvas.width;
    const style = getComputedStyle(pad.canvas);
    const poles = words.map((each) => rgb(getComputedStyle(each, "::before").backgroundColor));
    const neutral = rgb(getComputedStyle(canvas).color);
    const colours = { neutral, poles, paper: style.backgroundColor };
    paintHeat(canvas, pad.canvas, lines, colours);
  }

  function turn() {
    isOn = !isOn;
    remember(WHY_KEY, isOn ? "on" : "off");
    showState();
    if (isOn) asker.want(pad.isBlank ? null : pad.question, { urgent: true });
    else hide();
  }

  function showState() {
    button.setAttribute("aria-pressed", String(isOn));
  }

  button.addEventListener("click", turn);
  // After the ink has been painted anew for a new size or theme, which is done at once.
  const repaint = () => requestAnimationFrame(paint);
  new ResizeObserver(repaint).observe(pad.canvas);
  new MutationObserver(repaint).observe(document.body, { attributeFilter: ["class"] });
  showState();
  return { hide, rest };
}

// The legend stands where the ink is not.
function isLow(strokes) {
  const heights = strokes.flat().map(([, y]) => y);
  return 1 - Math.max(...heights) < Math.min(...heights);
}

// `lines` are [x, y, value] in 1/UNIT of the width, values in -100..100; the ink cuts them out.
function paintHeat(canvas, inked, lines, colours) {
  const size = canvas.width;
  const context = canvas.getContext("2d");
  context.lineCap = "round";
  context.lineWidth = size * PEN_SHARE * HEAT_WIDTH;
  eachSegment(lines, size, (from, to, value) => {
    const pole = colours.poles[value < 0 ? 1 : 0];
    context.strokeStyle = context.fillStyle = mixed(colours.neutral, pole, Math.sqrt(Math.abs(value)));
    if (from[0] === to[0] && from[1] === to[1]) paintDot(context, from, context.lineWidth / 2);
    else paintSegment(context, from, to);
  });
  context.globalCompositeOperation = "destination-in";
  context.drawImage(inked, 0, 0, size, size);
  context.globalCompositeOperation = "source-atop";
  paintDots(context, lines, size, colours.paper);
}

// By more than colour: ink that speaks against the answer has a row of dots along its middle.
function paintDots(context, lines, size, colour) {
  const gap = size * PEN_SHARE * 0.75;
  context.fillStyle = colour;
  let since = gap;
  eachSegment(lines, size, (from, to, value) => {
    since += Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (value > -DOTTED_FROM || since < gap) return;
    since = 0;
    paintDot(context, to, size * PEN_SHARE * 0.15);
  });
}

// In pieces so short that their colours flow into each other.
function eachSegment(lines, size, visit) {
  const between = (one, other, share) => one.map((value, i) => value + (other[i] - value) * share);
  const at = ([x, y]) => [(x / UNIT) * size, (y / UNIT) * size];
  for (const line of lines) {
    for (let i = line.length > 1 ? 1 : 0; i < line.length; i += 1) {
      const [start, end] = [line[Math.max(0, i - 1)], line[i]];
      const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
      const pieces = Math.max(1, Math.min(12, Math.round(length / PIECE)));
      for (let piece = 0; piece < pieces; piece += 1) {
        const [from, to] = [piece, piece + 1].map((n) => between(start, end, n / pieces));
        visit(at(from), at(to), (from[2] + to[2]) / 200);
      }
    }
  }
}

function paintSegment(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function paintDot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function rgb(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function mixed(from, to, share) {
  const parts = from.map((value, index) => Math.round(value + (to[index] - value) * share));
  return "rgb(" + parts.join(" ") + ")";
}

// Storage may be switched off; the choice then lasts as long as the page.
function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
