package io.caravanhub.testkit.scaffold;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads samples as bodies that a cloud pushes: with one device each, or with lists of them. */
final class BodyReader {
  private final ConnectorDraft draft;

  BodyReader(ConnectorDraft draft) {
    this.draft = draft;
  }

  void read(List<Path> samples) throws IOException {
    ConnectorDraft asked = new ConnectorDraft(false);
    new SampleReader(asked).read(samples);
    RequestDraft body = asked.requests.get(0);
    if (body.answer == null) {
      body.items = "";
    }
    draft.requests.add(body);
    if (body.device.isEmpty()) {
      draft.byHand.add(
          "kamelet: where a body says which device it is of (the third argument of pushed)");
    }
    for (RequestDraft other : asked.requests.subList(1, asked.requests.size())) {
      for (RequestDraft.Part part : other.parts) {
        draft.byHand.add(
            "the sample " + part.name() + " has another shape than the first and was left out");
      }
    }
  }
}
