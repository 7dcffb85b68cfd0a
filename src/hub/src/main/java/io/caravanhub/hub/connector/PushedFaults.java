package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.webhook.WebhookListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The faults that webhooks tell, where their connector has {@code faults.jsonata}. Thread-safe. */
@Component
class PushedFaults implements WebhookListener {
  private final ConnectorMapping mappings;
  private final FaultLog faults;
  private final ObjectMapper json;

  PushedFaults(ConnectorMapping mappings, FaultLog faults, ObjectMapper json) {
    this.mappings = mappings;
    this.faults = faults;
    this.json = json;
  }

  @Override
  public void stored(String tenant, String oem, List<PartMessage> messages) {
    String mapping = oem + "/faults";
    if (messages.isEmpty() || !mappings.knows(tenant, mapping)) {
      return;
    }
    List<Part> parts = new ArrayList<>();
    for (PartMessage message : messages) {
      try {
        parts.add(new Part(message.device(), json.readTree(message.body())));
      } catch (IOException e) {
        // It is a dead letter by now, which says so.
      }
    }
    TenantScope.run(tenant, () -> faults.saw(tenant, oem, mapping, parts, false));
  }
}
