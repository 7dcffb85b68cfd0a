package io.caravanhub.core.mapping;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;

/** Applies the mapping to the body, on the caller's thread. */
public class MappingProducer extends DefaultProducer {
  private final MappingEndpoint endpoint;
  private final Mappings mappings;
  private final MappingBounds bounds;
  private final Payloads payloads;

  public MappingProducer(MappingEndpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
    this.mappings = endpoint.getComponent().mappings();
    this.bounds = endpoint.getComponent().bounds();
    this.payloads = new Payloads(bounds.inputBytes());
  }

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    String name = name(message);
    String tenant = message.getHeader(MappingConstants.TENANT, "", String.class);
    Mapping mapping = mappings.get(tenant, name);
    Object payload = message.getBody();
    long start = System.nanoTime();
    MappingException failure = null;
    try {
      Object input = payloads.read(name, payload, mappings.format(name));
      message.setBody(mapping.apply(input, bindings(message), bounds));
    } catch (MappingException e) {
      failure = e;
      throw e;
    } finally {
      mappings.used(
          new MappingUse(
              mapping,
              tenant,
              message.getHeader(MappingConstants.DEVICE, String.class),
              payload,
              System.nanoTime() - start,
              failure));
    }
    message.setHeader(MappingConstants.VERSION, mapping.source().version());
    if (mapping.source().id() != 0) {
      message.setHeader(MappingConstants.VERSION_ID, mapping.source().id());
    }
  }

  private String name(Message message) {
    if (!endpoint.byDevice() && !endpoint.isDynamic()) {
      return endpoint.getName();
    }
    String named = message.getHeader(MappingConstants.MAPPING, String.class);
    if (named != null) {
      return named;
    }
    if (endpoint.byDevice()) {
      throw new MappingException(
          endpoint.getName(), "expected the name of a mapping in the header hub-mapping");
    }
    return endpoint.getName();
  }

  private static Map<String, Object> bindings(Message message) {
    Map<String, Object> bindings = new HashMap<>(4);
    bind(bindings, "device", message.getHeader(MappingConstants.DEVICE));
    bind(bindings, "tenant", message.getHeader(MappingConstants.TENANT));
    Object received = message.getHeader(MappingConstants.RECEIVED, Long.class);
    bind(bindings, "received", received == null ? System.currentTimeMillis() : received);
    return bindings;
  }

  private static void bind(Map<String, Object> bindings, String name, @Nullable Object value) {
    if (value != null) {
      bindings.put(name, value);
    }
  }
}
