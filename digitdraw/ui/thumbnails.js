// Rows of small pictures to click: the photos of this visit, and the examples.

function makeThumbnail(src, label, clicked) {
  const button = document.createElement("button");
  const picture = document.createElement("img");
  button.type = "button";
  button.className = "dd-thumbnail";
  button.title = label;
  button.setAttribute("aria-label", label);
  picture.src = src;
  picture.alt = "";
  picture.decoding = "async";
  button.append(picture);
  button.addEventListener("click", clicked);
  return button;
}

// One photo alone needs no row to be chosen from.
function makeThumbnails(row, chosen) {
  function show(current) {
    row.hidden = row.childElementCount < 2;
    [...row.children].forEach((button, index) => {
      const isCurrent = index === current;
      button.setAttribute("aria-pressed", String(isCurrent));
      if (isCurrent && !row.hidden) reveal(row, button);
    });
  }

  function add(photo) {
    const index = row.childElementCount;
    row.append(makeThumbnail(photo.src, photo.name + ": " + photo.words, () => chosen(index)));
  }
  return { add, show };
}

// The row scrolls, the page does not.
function reveal(row, button) {
  const [frame, box] = [row, button].map((each) => each.getBoundingClientRect());
  if (box.left < frame.left) row.scrollLeft += box.left - frame.left;
  else if (box.right > frame.right) row.scrollLeft += box.right - frame.right;
}
