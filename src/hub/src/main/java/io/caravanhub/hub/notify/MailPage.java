package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The tenant's brand around the HTML of a mail, without anything to load but its logo. Stateless.
 */
final class MailPage {
  private MailPage() {}

  static Written around(
      Written written,
      MessageWriter.Reader reader,
      JsonNode facts,
      @Nullable String unsubscribe,
      MessageWriter words) {
    Brand brand = reader.brand();
    Template own = words.own("mail", reader.language());
    String link = facts.path("link").asText("");
    String colour = Escape.html(brand.colour());
    StringBuilder page = new StringBuilder(2_000);
    page.append("<!doctype html><html lang=\"")
        .append(Escape.html(reader.language()))
        .append("\"><head><meta charset=\"utf-8\"><title>")
        .append(Escape.html(written.subject()))
        .append(
            "</title></head><body style=\"margin:0;padding:24px;background:#f4f5f7;font-family:Helvetica,Arial,sans-serif;color:#1d2433\">"
                + "<div style=\"max-width:600px;margin:0 auto;background:#fff;border-top:4px solid ")
        .append(colour)
        .append("\"><div style=\"padding:24px\">");
    if (!brand.logoUrl().isEmpty()) {
      page.append("<img src=\"")
          .append(Escape.html(brand.logoUrl()))
          .append("\" alt=\"")
          .append(Escape.html(brand.name()))
          .append("\" style=\"max-height:48px\">");
    } else {
      page.append("<b>").append(Escape.html(brand.name())).append("</b>");
    }
    page.append("<h1 style=\"font-size:20px\">")
        .append(Escape.html(written.subject()))
        .append("</h1><div style=\"line-height:1.5\">")
        .append(written.html())
        .append("</div>");
    if (link.startsWith("http")) {
      page.append("<p><a href=\"")
          .append(Escape.html(link))
          .append(
              "\" style=\"display:inline-block;padding:10px 18px;color:#fff;text-decoration:none;background:")
          .append(colour)
          .append("\">")
          .append(Escape.html(own.subject()))
          .append("</a></p>");
    }
    page.append("</div></div>");
    if (unsubscribe != null) {
      page.append(
              "<p style=\"max-width:600px;margin:12px auto;font-size:12px\"><a style=\"color:#5a6478\" href=\"")
          .append(Escape.html(unsubscribe))
          .append("\">")
          .append(Escape.html(own.text()))
          .append("</a></p>");
    }
    return new Written(written.subject(), written.text(), page.append("</body></html>").toString());
  }
}
