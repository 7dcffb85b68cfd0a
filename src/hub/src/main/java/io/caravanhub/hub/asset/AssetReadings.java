package io.caravanhub.hub.asset;

import io.caravanhub.core.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.stereotype.Component;

/**
 * Notes which assets have new readings; the body goes on as it is. On the way of every message: for
 * a device whose asset has no definition it costs one look into a map. However many messages come,
 * an asset waits once, in its turn. Thread-safe.
 */
@Component("assetReadings")
public class AssetReadings implements Processor {
  private final AssetBook book;
  private final Set<AssetKey> waiting = ConcurrentHashMap.newKeySet();
  private final Queue<AssetKey> line = new ConcurrentLinkedQueue<>();

  AssetReadings(AssetBook book) {
    this.book = book;
  }

  @Override
  public void process(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body instanceof Telemetry telemetry) {
      note(telemetry);
    } else if (body instanceof List<?> messages) {
      for (Object message : messages) {
        if (message instanceof Telemetry telemetry) {
          note(telemetry);
        }
      }
    }
  }

  private void note(Telemetry telemetry) {
    List<AssetKey> assets = book.watchedBy(telemetry.device());
    if (assets != null) {
      add(assets);
    }
  }

  /** These are to be looked at. */
  void add(Collection<AssetKey> assets) {
    for (AssetKey asset : assets) {
      if (waiting.add(asset)) {
        line.add(asset);
      }
    }
  }

  /** Takes at most so many, those that wait longest. */
  List<AssetKey> take(int most) {
    List<AssetKey> taken = new ArrayList<>();
    AssetKey next;
    while (taken.size() < most && (next = line.poll()) != null) {
      waiting.remove(next);
      taken.add(next);
    }
    return taken;
  }

  int size() {
    return waiting.size();
  }
}
