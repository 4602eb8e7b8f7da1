// The Compare tab: asks all models about one drawing while the pen moves.

import { createAnswerClient } from "../api/answer_client.js";
import { postJson } from "../api/server.js";
import { message, withMessages } from "../language/texts.js";
import { createPad } from "../pad/pad.js";
import { createCards } from "./cards.js";
import { connectModels } from "./models.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-compare-tab");
  const cards = createCards(tab, props.models, props.invitation);
  const client = createAnswerClient((strokes) => postJson("compare", strokes), {
    onAnswer(reply) {
      if (reply.error) cards.refuse(reply.error);
      else cards.show(reply);
    },
    onLost: () => cards.showMessage(message("error.connection")),
  });
  const pad = createPad(tab, props.examples, {
    onDrawn(isPenUp) {
      cards.awaitAnswer();
      client.request(pad.question, { urgent: isPenUp });
    },
    onReplaced() {
      client.cancel();
      if (pad.isBlank) return cards.reset(message("pad.cleared"));
      cards.awaitAnswer(true);
      client.request(pad.question, { urgent: true });
    },
  });

  connectModels(tab);
  pad.open();
  // The server loads the models for the first request, so that is sent before anything is drawn.
  if (pad.isBlank) client.request([]);
}
