package io.caravanhub.testkit.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudException.Kind;
import io.caravanhub.core.stream.MessageKind;
import io.caravanhub.core.stream.StreamFile;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.core.stream.StreamPlan.Type;
import io.caravanhub.testkit.connector.HeardStream.Heard;
import io.caravanhub.testkit.connector.HeardStream.Message;
import io.caravanhub.testkit.stream.FakeBroker;
import io.caravanhub.testkit.stream.FakeSocket;
import io.caravanhub.testkit.stream.StreamFault;
import io.caravanhub.testkit.stream.StreamScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks of a connector that holds a stream, against its scripted broker or cloud. */
final class StreamChecks {
  private final ConnectorFolder connector;
  private final HeardChecks messages;
  private final StreamPlan plan;
  private final StreamScript script;

  StreamChecks(ConnectorFolder connector, RouteTrial routes) throws IOException {
    this.connector = connector;
    this.messages = new HeardChecks(connector, routes);
    this.plan = StreamFile.read(connector.path().resolve(StreamFile.NAME));
    this.script = StreamScript.read(connector.path());
  }

  List<Finding> findings() throws IOException {
    return List.of(
        stream(), credentials(), errors(), messages.inventory(plan), broken(), again(), empty());
  }

  /** Something that can be listened to. */
  private interface Played extends AutoCloseable {
    String origin();

    int acknowledged();

    @Override
    void close() throws IOException;
  }

  private Played play(StreamFault fault) throws IOException {
    if (plan.type() == Type.WEBSOCKET) {
      FakeSocket cloud = new FakeSocket(script, fault);
      return played(cloud.origin(), () -> 0, cloud::close);
    }
    FakeBroker broker = new FakeBroker(script, fault);
    return played(broker.origin(), broker::acknowledged, broker::close);
  }

  private interface Closing {
    void close() throws IOException;
  }

  private static Played played(
      String origin, java.util.function.IntSupplier acknowledged, Closing closing) {
    return new Played() {
      @Override
      public String origin() {
        return origin;
      }

      @Override
      public int acknowledged() {
        return acknowledged.getAsInt();
      }

      @Override
      public void close() throws IOException {
        closing.close();
      }
    };
  }

  private Heard listen(Played to, String subscribed, boolean acknowledges, int count) {
    return HeardStream.of(at(to.origin()), values(to.origin()), subscribed, acknowledges, count);
  }

  private Heard listen(StreamFault fault) throws IOException {
    try (Played played = play(fault)) {
      int count = script.messages().size() * (fault == StreamFault.TWICE ? 2 : 1);
      return listen(played, "", true, count);
    }
  }

  /** A cloud's own address gives way to the scripted one; a setting is filled in. */
  private StreamPlan at(String origin) {
    return plan.url().startsWith("{") ? plan : plan.at(origin);
  }

  private Map<String, String> values(String origin) {
    Map<String, String> values = new HashMap<>(script.settings());
    values.putAll(script.credentials());
    values.replaceAll((n, v) -> v.replace("$origin", origin));
    values.putIfAbsent("mqtt_version", "5");
    return values;
  }

  private Finding stream() throws IOException {
    List<String> problems = new ArrayList<>();
    Heard heard = listen(StreamFault.NONE);
    CloudException failure = heard.failure();
    if (failure != null) {
      problems.add("the stream failed: " + failure.reason());
    }
    if (heard.messages().size() < script.messages().size()) {
      problems.add(
          "samples/stream.yaml has "
              + script.messages().size()
              + " messages, "
              + heard.messages().size()
              + " came: does something subscribe to them?");
    }
    int sent = 0;
    for (Message message : heard.messages()) {
      sent += messages.check(message, problems);
    }
    if (sent == 0) {
      problems.add("nothing came to the channel raw");
    }
    return new Finding(
        "stream", heard.messages().size() + " heard, " + sent + " messages came of it", problems);
  }

  private Finding credentials() throws IOException {
    List<String> problems = new ArrayList<>();
    Heard refused = listen(StreamFault.REFUSED);
    expect(problems, "refused", refused, Kind.REFUSED);
    CloudException failure = refused.failure();
    String told = failure == null ? "" : failure.reason();
    for (Map.Entry<String, String> secret : script.credentials().entrySet()) {
      if (secret.getValue().length() > 3 && told.contains(secret.getValue())) {
        problems.add("the error message holds the credential " + secret.getKey());
      }
    }
    return new Finding(Grade.SILVER, "auth", "refused credentials are told", problems);
  }

  private Finding errors() throws IOException {
    List<String> problems = new ArrayList<>();
    expect(problems, "busy", listen(StreamFault.BUSY), Kind.UNAVAILABLE);
    if (script.messages().size() > 1) {
      expect(problems, "cut", listen(StreamFault.CUT), Kind.UNAVAILABLE);
    }
    return new Finding(Grade.SILVER, "errors", "busy and cut", problems);
  }

  private Finding broken() throws IOException {
    List<String> problems = new ArrayList<>();
    for (StreamFault fault : List.of(StreamFault.TRUNCATED, StreamFault.GARBAGE)) {
      Heard heard = listen(fault);
      survived(problems, fault, heard);
      long read =
          heard.messages().stream()
              .map(Message::sorted)
              .filter(Objects::nonNull)
              .filter(
                  s -> s.kind().payload() == MessageKind.Payload.JSON && s.kind().mapping() != null)
              .filter(s -> !s.isUnread() && !s.parts().isEmpty())
              .count();
      if (fault == StreamFault.GARBAGE && read > 0) {
        problems.add(fault + ": was taken for telemetry");
      }
    }
    return new Finding(Grade.GOLD, "broken", "cut and garbled payloads", problems);
  }

  private Finding again() throws IOException {
    List<String> problems = new ArrayList<>();
    int all = script.messages().size();
    survived(problems, StreamFault.TWICE, listen(StreamFault.TWICE));
    if (plan.type() == Type.MQTT) {
      try (Played broker = play(StreamFault.NONE)) {
        Heard first = listen(broker, "", false, all);
        if (broker.acknowledged() > 0) {
          problems.add("acknowledged before it was committed");
        }
        Heard second = listen(broker, first.subscribed(), true, all);
        if (second.messages().size() < first.messages().size()) {
          problems.add(
              "of "
                  + first.messages().size()
                  + " messages that were not acknowledged "
                  + second.messages().size()
                  + " came again");
        }
        if (broker.acknowledged() < all) {
          problems.add(broker.acknowledged() + " of " + all + " were acknowledged");
        }
      }
    }
    return new Finding(Grade.GOLD, "again", "repeated, and before they were committed", problems);
  }

  private Finding empty() throws IOException {
    List<String> problems = new ArrayList<>();
    survived(problems, StreamFault.EMPTY, listen(StreamFault.EMPTY));
    return new Finding(Grade.GOLD, "empty", "messages without a payload", problems);
  }

  private void survived(List<String> problems, StreamFault fault, Heard heard) {
    if (heard.failure() != null) {
      problems.add(fault + ": the stream failed: " + heard.failure().reason());
    }
    heard.messages().stream()
        .filter(m -> m.error() != null)
        .forEach(m -> problems.add(fault + ": " + m.error()));
    if (heard.messages().size() < script.messages().size()) {
      problems.add(fault + ": " + heard.messages().size() + " messages came");
    }
  }

  private static void expect(List<String> problems, String what, Heard heard, Kind kind) {
    @Nullable CloudException failure = heard.failure();
    if (failure == null || failure.kind() != kind) {
      problems.add(
          what
              + ": expected "
              + kind
              + ", got "
              + (failure == null ? "no failure" : failure.kind() + " " + failure.reason()));
    }
  }
}
