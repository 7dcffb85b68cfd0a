package io.caravanhub.hub.timeseries;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.deadletter.DeadLetters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Hands the body, one {@link Telemetry} or a list of them, to the writer and goes on when it is
 * committed.
 */
public class TimeseriesProducer extends DefaultAsyncProducer {
  private final TelemetryWriter writer;

  public TimeseriesProducer(TimeseriesEndpoint endpoint, TelemetryWriter writer) {
    super(endpoint);
    this.writer = writer;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      writer
          .write(messages(exchange), payload(exchange))
          .whenComplete(
              (written, failure) -> {
                if (failure != null) {
                  exchange.setException(
                      failure instanceof CompletionException && failure.getCause() != null
                          ? failure.getCause()
                          : failure);
                } else {
                  exchange.getMessage().setHeader(TimeseriesConstants.STORED, written.stored());
                  exchange
                      .getMessage()
                      .setHeader(TimeseriesConstants.DUPLICATES, written.duplicates());
                }
                callback.done(false);
              });
      return false;
    } catch (InvalidPayloadException | RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
  }

  /** What is kept of the message, should it become a dead letter. */
  private static int payload(Exchange exchange) {
    return exchange.getProperty(DeadLetters.PAYLOAD) instanceof byte[] bytes ? bytes.length : 0;
  }

  private static List<Telemetry> messages(Exchange exchange) throws InvalidPayloadException {
    if (exchange.getMessage().getBody() instanceof List<?> list) {
      List<Telemetry> messages = new ArrayList<>(list.size());
      for (Object item : list) {
        messages.add((Telemetry) item);
      }
      return messages;
    }
    return List.of(exchange.getMessage().getMandatoryBody(Telemetry.class));
  }
}
