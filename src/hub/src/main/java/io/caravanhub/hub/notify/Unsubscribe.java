package io.caravanhub.hub.notify;

import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import io.caravanhub.hub.database.TenantScope;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The page on which a reader asks not to be written to any more, reached by a token that only this
 * hub can make. Looking changes nothing, for programs look at links too; the button does, and so
 * does the one click of a mail program (RFC 8058). Thread-safe.
 */
@Component("unsubscribe")
public class Unsubscribe {
  private static final Pattern PATH =
      Pattern.compile("/hooks/([a-z0-9-]{1,64})/notifications/unsubscribe/([A-Za-z0-9_-]{1,2000})");
  private static final String OWNER = "unsubscribe";

  private final ConnectionSettings settings;
  private final RecipientRows recipients;
  private final Brands brands;
  private final ShippedTemplates words;
  private final String publicUrl;

  Unsubscribe(
      ConnectionSettings settings,
      RecipientRows recipients,
      Brands brands,
      ShippedTemplates words,
      @Value("${hub.public.url:http://127.0.0.1:${hub.http.port:8080}}") String publicUrl) {
    this.settings = settings;
    this.recipients = recipients;
    this.brands = brands;
    this.words = words;
    this.publicUrl = publicUrl;
  }

  /** Where the reader at this address can unsubscribe. */
  String link(String tenant, ChannelKind kind, String address) {
    byte[] sealed =
        settings.seal(OWNER, Map.of("tenant", tenant, "channel", kind.label(), "address", address));
    return publicUrl
        + "/hooks/"
        + tenant
        + "/notifications/unsubscribe/"
        + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** GET shows the question, POST is the answer; a token that is none is 404. */
  public void serve(Exchange exchange) {
    Message message = exchange.getMessage();
    Map<String, String> token = token(message.getHeader(Exchange.HTTP_URI, "", String.class));
    boolean post = "POST".equals(message.getHeader(Exchange.HTTP_METHOD, String.class));
    message.removeHeaders("*");
    message.setHeader(Exchange.CONTENT_TYPE, "text/html; charset=utf-8");
    message.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
    message.setHeader("Referrer-Policy", "no-referrer");
    message.setHeader("Cache-Control", "no-store");
    if (token == null) {
      message.setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
      message.setBody("<!doctype html><title>404</title>");
      return;
    }
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    message.setBody(TenantScope.call(token.getOrDefault("tenant", ""), () -> page(token, post)));
  }

  private String page(Map<String, String> token, boolean post) {
    String address = token.getOrDefault("address", "");
    if (post) {
      recipients.unsubscribe(token.getOrDefault("channel", ""), address);
    }
    Brand brand = brands.brand();
    Template page = words.find("page", ChannelKind.SMTP, brand.language());
    Template question = words.find("page", ChannelKind.IN_APP, brand.language());
    String said = (post ? page.text() : question.subject()).replace("{address}", address);
    return "<!doctype html><html lang=\""
        + Escape.html(page.language())
        + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>"
        + Escape.html(page.subject())
        + "</title></head><body style=\"font-family:sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem\"><p><b>"
        + Escape.html(brand.name())
        + "</b></p><p>"
        + Escape.html(said)
        + "</p>"
        + (post
            ? ""
            : "<form method=\"post\"><button>" + Escape.html(page.subject()) + "</button></form>")
        + "</body></html>";
  }

  private @Nullable Map<String, String> token(String path) {
    Matcher parts = PATH.matcher(path);
    if (!parts.matches()) {
      return null;
    }
    try {
      Map<String, String> token =
          settings.open(OWNER, Base64.getUrlDecoder().decode(parts.group(2)));
      return parts.group(1).equals(token.get("tenant")) ? token : null;
    } catch (SecretException | IllegalArgumentException e) {
      return null;
    }
  }
}
