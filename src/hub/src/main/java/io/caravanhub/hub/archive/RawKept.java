package io.caravanhub.hub.archive;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.springframework.stereotype.Component;

/** Goes on when the raw copies of the exchange, if it has any, are committed. */
@Component("rawKept")
public class RawKept extends AsyncProcessorSupport {

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletableFuture<?> kept = exchange.getProperty(RawArchive.KEPT, CompletableFuture.class);
    if (kept == null) {
      callback.done(true);
      return true;
    }
    kept.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            exchange.setException(
                failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure);
          }
          callback.done(false);
        });
    return false;
  }
}
