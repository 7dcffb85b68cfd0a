package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Fault injection and counts, for demos and tests. Not disturbed by the faults it injects. */
final class AdminApi {
  private final ObjectMapper json = new ObjectMapper();
  private final FieldService records;
  private final Disturbance disturbance;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  AdminApi(FieldService records, Disturbance disturbance) {
    this.records = records;
    this.disturbance = disturbance;
  }

  /** Whether a path belongs to this API. */
  boolean serves(List<String> path) {
    return path.size() == 2 && path.get(0).equals("admin");
  }

  Answer answer(Request request) throws Problem {
    switch (request.method() + " " + request.path().get(1)) {
      case "POST outage" ->
          disturbance.startOutage(Duration.ofSeconds(request.number("seconds", 60)));
      case "POST delay" -> disturbance.delayAnswers(Duration.ofMillis(request.number("ms", 0)));
      case "GET stats" -> {}
      case "GET work-orders" -> {
        return Answer.ok(workOrders());
      }
      default -> throw new Problem(404, "Not found", "/" + String.join("/", request.path()));
    }
    return Answer.ok(stats());
  }

  void countRequest() {
    requests.incrementAndGet();
  }

  void countRefused() {
    refused.incrementAndGet();
  }

  /** The page's view, which works during an outage as well. */
  private ArrayNode workOrders() {
    ArrayNode orders = json.createArrayNode();
    records.list("work-orders", null).forEach(order -> orders.add(order.body()));
    return orders;
  }

  private ObjectNode stats() {
    return json.createObjectNode()
        .put("requests", requests.get())
        .put("refused", refused.get())
        .put("stored", records.size())
        .put("replays", records.replays())
        .put("duplicates", records.duplicates())
        .put("outageSeconds", (disturbance.outage().toMillis() + 999) / 1000)
        .put("delayMillis", disturbance.delay().toMillis());
  }
}
