package io.caravanhub.core.connector;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.Parts;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a cloud's messages apart by device, as bean {@code connectorParts} of connectors' kamelets;
 * as a processor it makes one part the message. Thread-safe.
 */
public final class ConnectorParts implements Processor {
  /** Exchange property: a list, safe for threads, that gets every part on its way. */
  public static final String PARTS = "hub-parts";

  private final ObjectMapper json =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What a poll has taken apart already. */
  public List<PartMessage> polled(Exchange exchange) {
    List<PartMessage> parts = new ArrayList<>();
    for (Object part : exchange.getMessage().getBody(List.class)) {
      parts.add((PartMessage) part);
    }
    return parts;
  }

  /**
   * The parts of a webhook's body.
   *
   * @param items JSON Pointers with blanks between, {@code *} for every element; empty for the body
   * @param device the device's serial, for instance {@code {/unit/serial}}
   * @param mapping the mapping of the parts, or empty for the one that each device calls for
   * @throws UnusableMessageException when it is not JSON, or nothing is where the items should be
   */
  public List<PartMessage> pushed(byte[] body, String items, String device, String mapping) {
    return pushed(body, items, device, mapping, "");
  }

  /**
   * The parts of a webhook's body, where the cloud also sends what nobody can use.
   *
   * @param useless JSON Pointers with blanks between: a body in which one of them leads to
   *     something is known and has no parts
   */
  public List<PartMessage> pushed(
      byte[] body, String items, String device, String mapping, String useless) {
    PartsOf declared =
        new PartsOf(
            items.isBlank() ? List.of("") : List.of(items.strip().split("\\s+")),
            device,
            false,
            "");
    try {
      JsonNode document = json.readTree(body);
      if (document == null || !document.isContainerNode()) {
        throw new UnusableMessageException("body", "expected a JSON object or an array of objects");
      }
      if (!useless.isBlank()
          && Stream.of(useless.strip().split("\\s+"))
              .anyMatch(pointer -> !document.at(pointer).isMissingNode())) {
        return List.of();
      }
      List<PartMessage> parts = new ArrayList<>();
      for (Part part : Parts.of(declared, document, null, name -> null)) {
        boolean whole = part.json() == document;
        parts.add(
            new PartMessage(
                part.device(), mapping, whole ? body : json.writeValueAsBytes(part.json())));
      }
      if (parts.isEmpty() && !document.isArray()) {
        throw new UnusableMessageException("body", "nothing at " + items);
      }
      return parts;
    } catch (IOException e) {
      throw new UnusableMessageException(
          "body", "is not JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } catch (CloudException e) {
      throw new UnusableMessageException("body", e.reason());
    }
  }

  @Override
  public void process(Exchange exchange) {
    PartMessage part = exchange.getMessage().getBody(PartMessage.class);
    if (exchange.getProperty(PARTS) instanceof Collection<?>) {
      @SuppressWarnings("unchecked")
      Collection<PartMessage> noted = exchange.getProperty(PARTS, Collection.class);
      noted.add(part);
    }
    if (!part.device().isEmpty()) {
      exchange.getMessage().setHeader(TelemetryHeaders.DEVICE, part.device());
    }
    if (!part.mapping().isEmpty()) {
      exchange.getMessage().setHeader(TelemetryHeaders.MAPPING, part.mapping());
    }
    if (part.micros() > 0) {
      exchange
          .getMessage()
          .setHeader(TelemetryHeaders.RECEIVED_MICROS, Long.toString(part.micros()));
    }
    exchange.getMessage().setBody(part.body());
  }
}
