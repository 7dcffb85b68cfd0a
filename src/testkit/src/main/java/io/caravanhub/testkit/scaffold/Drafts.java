package io.caravanhub.testkit.scaffold;

import io.caravanhub.testkit.scaffold.RequestDraft.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drafts a connector from what is known of an OEM. Stateless. */
public final class Drafts {
  private Drafts() {}

  /**
   * What was made of it.
   *
   * @param byHand what a person has to find out, a line each
   */
  public record Made(List<Path> files, List<String> byHand) {}

  /**
   * Writes a connector that asks its cloud.
   *
   * @param samples whole answers, or parts of one device each
   * @param openApi a description of the cloud's API, or null
   */
  public static Made poll(Path folder, String name, List<Path> samples, @Nullable Path openApi)
      throws IOException {
    ConnectorDraft draft = new ConnectorDraft(true);
    draft.base = "https://api." + name + ".example/v1";
    if (openApi == null) {
      draft.byHand.add("cloud.yaml: base, the address of the cloud (now made up)");
      draft.byHand.add(
          "cloud.yaml: auth, how the hub says who it is (now an API key in X-Api-Key); the settings in the kamelet follow from it");
    } else {
      new OpenApiReader(draft, openApi).read();
    }
    new SampleReader(draft).read(samples);
    for (RequestDraft request : draft.requests) {
      if (request.parts.isEmpty() && request.shape != null) {
        request.parts.add(new Part(request.name, request.shape));
        draft.byHand.add(
            "samples/in: real answers of " + request.path + " (now made up from the description)");
      }
      if (request.device.isEmpty() && request.each == null) {
        draft.byHand.add(
            "cloud.yaml: device of the request "
                + request.name
                + ", what tells one device from another");
      }
    }
    if (draft.requests.isEmpty()) {
      throw new IOException("no request was found whose answer holds devices; give a --sample");
    }
    return new Made(new DraftFiles(folder, name, draft).writePoll(), List.copyOf(draft.byHand));
  }

  /** Writes a connector whose cloud pushes; samples as for {@link #poll}. */
  public static Made webhook(Path folder, String name, List<Path> samples) throws IOException {
    ConnectorDraft draft = new ConnectorDraft(false);
    draft.byHand.add(
        "kamelet: how the cloud signs (the annotations caravanhub.io/webhook.*; now HMAC-SHA256 over time stamp, full stop and body)");
    new BodyReader(draft).read(samples);
    return new Made(new DraftFiles(folder, name, draft).writeWebhook(), List.copyOf(draft.byHand));
  }
}
