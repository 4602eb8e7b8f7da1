// Where pictures come in: files, drops, the clipboard and the camera. Knows nothing of what
// becomes of them.
//
// Its owner gets a list of files in `got(files)`, and words to show in `said(words)`; `isOpen()`
// tells whether a click on the drop zone chooses a file.

function makeIntake(page, { got, said, isOpen = () => true }) {
  const drop = page.querySelector(".dd-drop");
  const camera = offerCamera(page, drop, offer, said);
  const choose = offerFiles(page, offer);

  function offer(files) {
    camera.close();
    got([...files]);
  }

  drop.addEventListener("click", () => {
    if (!camera.isOn && isOpen()) choose();
  });
  takeDrops(drop, offer, said);
  takePastes(page, offer, said);
}

// Words for a file that is too large; null for any other.
function whyNot(file) {
  if (file.size <= props.max_megabytes * 2 ** 20) return null; // the server would refuse it
  const size = (file.size / 2 ** 20).toFixed(1);
  return "This file has " + size + " MB; at most " + props.max_megabytes + " MB are allowed.";
}

// While others' pictures are read first.
function placeInWords(place) {
  return "Waiting in line, at place " + place;
}

function offerFiles(page, offer) {
  const input = page.querySelector(".dd-file");
  for (const each of [input, page.querySelector(".dd-capture")]) {
    each.addEventListener("change", () => {
      if (each.files.length) offer(each.files);
      each.value = ""; // so that the same file can be chosen again
    });
  }
  const choose = () => input.click();
  page.querySelector("[data-do=choose]").addEventListener("click", choose);
  return choose;
}

function takeDrops(drop, offer, said) {
  drop.addEventListener("dragover", (event) => {
    event.preventDefault(); // else the browser opens the file in place of the page
    drop.classList.add("dd-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("dd-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("dd-over");
    const { files } = event.dataTransfer;
    if (files.length) offer(files);
    else said("That was no file. Save the picture first, or copy and paste it.");
  });
}

// Ctrl+V anywhere on the tab, or the button where the browser allows reading.
function takePastes(page, offer, said) {
  const button = page.querySelector("[data-do=paste]");

  function pasted(event) {
    if (!element.isConnected) return document.removeEventListener("paste", pasted);
    if (page.offsetParent === null) return;
    const files = event.clipboardData?.files ?? [];
    if (!files.length) return said("The clipboard holds no picture.");
    event.preventDefault();
    offer(files);
  }

  async function readClipboard() {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((each) => each.startsWith("image/"));
        if (type) return offer([new File([await item.getType(type)], "pasted", { type })]);
      }
      said("The clipboard holds no picture.");
    } catch {
      said("The browser keeps the clipboard closed; press Ctrl+V instead.");
    }
  }

  document.addEventListener("paste", pasted);
  button.addEventListener("click", readClipboard);
  button.hidden = !navigator.clipboard?.read;
}

function offerCamera(page, drop, offer, said) {
  const video = page.querySelector(".dd-video");
  const button = page.querySelector("[data-do=camera]");
  const camera = makeCamera(video);

  function show(isLive) {
    drop.classList.toggle("dd-live", isLive);
    video.hidden = !isLive;
    button.querySelector("span").textContent = isLive ? "Take the picture" : "Camera";
  }

  function close() {
    camera.stop();
    show(false);
  }

  async function open() {
    try {
      await camera.start();
    } catch {
      close();
      return said("The camera cannot be used: none was found, or the browser forbids it.");
    }
    said("");
    show(true);
  }

  button.addEventListener("click", async () => {
    // Without the in-page camera a phone still offers its own through the file input.
    if (!camera.isAvailable) page.querySelector(".dd-capture").click();
    else if (camera.isOn) offer([await camera.take()]);
    else await open();
  });

  // A camera must not stay on behind another tab.
  new IntersectionObserver(([seen]) => {
    if (camera.isOn && !seen.isIntersecting && page.offsetParent === null) close();
  }).observe(page);

  return {
    close,
    get isOn() {
      return camera.isOn;
    },
  };
}
