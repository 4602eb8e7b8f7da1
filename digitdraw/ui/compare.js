// The Compare tab: asks all models about one drawing while the pen moves.

const page = element.querySelector(".dd-compare");
const cards = makeCards(page, props.invitation);
const asker = makeAsker((strokes) => askServer("compare", strokes), {
  answered(reply) {
    if (reply.error) cards.say(reply.error);
    else cards.show(reply);
  },
  lost: () => cards.say("Connection lost, trying again"),
});
const pad = makePad(page, props.examples, {
  drawn(isUp) {
    asker.want(pad.question, { urgent: isUp });
  },
  replaced() {
    asker.forget();
    if (pad.isBlank) return cards.reset();
    asker.want(pad.question, { urgent: true });
  },
});

pad.open();
// The first question has the server load the models: best before anything is drawn.
if (pad.isBlank) asker.want([]);
