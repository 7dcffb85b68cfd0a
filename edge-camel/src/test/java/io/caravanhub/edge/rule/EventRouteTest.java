package io.caravanhub.edge.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class EventRouteTest {
  @Test
  void anEventGoesToItsRouteAsOneOfTheDeviceAndWhatTheRouteRefusesIsNotTaken() throws Exception {
    List<Message> taken = new ArrayList<>();
    boolean[] full = {false};
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      Properties settings = new Properties();
      settings.put("edge.event.to", "direct:edge.event");
      context.getPropertiesComponent().setInitialProperties(settings);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              errorHandler(noErrorHandler());
              from("direct:edge.event")
                  .process(
                      exchange -> {
                        if (full[0]) {
                          throw new IOException("the spool is full");
                        }
                        taken.add(exchange.getMessage());
                      });
            }
          });
      context.start();
      EventRoute route = new EventRoute(() -> context, "acme");
      route.send("RTU-1", new byte[] {'{', '}'});
      assertThat(taken).hasSize(1);
      assertThat(taken.get(0).getBody(byte[].class)).containsExactly('{', '}');
      assertThat(taken.get(0).getHeaders())
          .containsEntry(TelemetryHeaders.TENANT, "acme")
          .containsEntry(TelemetryHeaders.DEVICE, "RTU-1")
          .containsEntry("hub-kind", "event");
      full[0] = true;
      assertThatThrownBy(() -> route.send("RTU-1", new byte[0])).hasMessage("the spool is full");
    }
  }
}
