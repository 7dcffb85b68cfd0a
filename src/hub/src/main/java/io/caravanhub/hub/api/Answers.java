package io.caravanhub.hub.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Writes a body as JSON and lets no header out but the status and an entity tag. */
@Component("answers")
public class Answers {
  /** Exchange property: the entity tag of the answer (RFC 9110, section 8.8.3), in its quotes. */
  public static final String TAG = "hub-entity-tag";

  private final ObjectMapper json;

  public Answers(ObjectMapper json) {
    this.json = json;
  }

  /** Body in: records, maps, lists or null. Body out: UTF-8 JSON, or nothing with status 204. */
  public void write(Exchange exchange) {
    Message message = exchange.getMessage();
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    message.removeHeaders("*");
    Object body = message.getBody();
    try {
      message.setHeader(
          Exchange.HTTP_RESPONSE_CODE, status != null ? status : body == null ? 204 : 200);
      message.setHeader(Exchange.CONTENT_TYPE, "application/json");
      String tag = exchange.getProperty(TAG, String.class);
      if (tag != null) {
        message.setHeader("ETag", tag);
      }
      message.setBody(body == null ? null : json.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written as JSON", e);
    }
  }

  /** As {@link #write}, with status 201. */
  public void created(Exchange exchange) {
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
    write(exchange);
  }
}
