// The numbers of a photo as text, one a line, with what is doubtful marked; and copying them.

function makeNumbers(section, said) {
  const title = section.querySelector("h2");
  const list = section.querySelector(".dd-numbers-list");
  const copying = section.querySelector("[data-do=copy]");
  let texts = [];

  function show(photo) {
    const numbers = numbersOf(photo);
    texts = numbers.map((each) => each.text);
    section.hidden = false;
    title.textContent = headline(photo, numbers);
    list.replaceChildren(...numbers.map(numberItem));
    copying.disabled = !texts.length;
  }

  copying.addEventListener("click", async () => {
    const isCopied = await copy(texts.join("\n"));
    said(isCopied ? "Copied" : "The browser keeps the clipboard closed; select the numbers instead.");
  });
  return { show };
}

function headline(photo, numbers) {
  if (!photo.digits.length) return photo.words;
  if (!numbers.length) return "All digits were removed";
  return numbers.length === 1 ? "1 number" : numbers.length + " numbers";
}

function numberItem(number) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  const note = document.createElement("span");
  text.className = "dd-number";
  text.append(...number.digits.map(digitInText));
  note.className = "dd-chance";
  note.textContent = percent(number.confidence) + (number.isCorrected ? ", corrected" : "");
  item.append(text, " ", note, spokenDoubts(number.digits));
  return item;
}

function digitInText(digit) {
  const span = document.createElement("span");
  span.textContent = digit.digit;
  span.dataset.state = stateOf(digit);
  if (digit.corrected) span.title = "corrected, read as " + digit.read;
  else if (digit.doubtful) span.title = digit.words + ": " + percent(chanceOf(digit));
  return span;
}

// Dots under a digit are not heard.
function spokenDoubts(digits) {
  const span = document.createElement("span");
  const doubtful = digits.filter((each) => stateOf(each) === "doubtful");
  span.className = "dd-unseen";
  span.textContent = doubtful.map((each) => ", doubtful: " + each.words).join("");
  return span;
}
