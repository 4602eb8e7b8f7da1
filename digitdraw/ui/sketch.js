// The Draw tab: asks while the pen moves, and why once it rests.

const page = element.querySelector(".dd-sketch");
const panel = makePanel(page.querySelector(".dd-panel"), props.blank);
const asker = makeAsker((strokes) => askServer("answer", strokes), {
  answered(reply, ms) {
    // A drawing that the server refuses stays on screen, and so does the answer before it.
    if (reply.error) panel.say(reply.error);
    else panel.show(reply, ms);
  },
  lost: () => panel.say("Connection lost, trying again"),
});
const pad = makePad(page, props.examples, {
  drawn(isUp) {
    why.hide();
    share.changed();
    asker.want(pad.question, { urgent: isUp });
    if (isUp) why.rest();
  },
  // Answers to what was there before are of no use once strokes have been taken away.
  replaced() {
    why.hide();
    share.changed();
    asker.forget();
    if (pad.isBlank) return panel.reset();
    asker.want(pad.question, { urgent: true });
    why.rest();
  },
});
const why = makeWhy(page, pad, (strokes) => askServer("why", strokes));
const share = makeShare(page, pad, panel.tell);

pad.open();
share.open();
