package io.caravanhub.hub.notify;

import java.util.function.UnaryOperator;

/** Texts of devices and people, made harmless where they are put. Stateless. */
final class Escape {
  private Escape() {}

  static UnaryOperator<String> of(ChannelKind kind) {
    return switch (kind) {
      case SLACK -> Escape::slack;
      case TEAMS -> Escape::markdown;
      default -> Escape::plain;
    };
  }

  /** No control characters but line ends. */
  static String plain(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "");
  }

  /** One line, for headers and titles. */
  static String line(String text) {
    return plain(text).replaceAll("\\s+", " ").strip();
  }

  static String html(String text) {
    return plain(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** As Slack wants text that is not to be a link or a mention. */
  private static String slack(String text) {
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Adaptive cards read a part of Markdown. */
  private static String markdown(String text) {
    return plain(text).replaceAll("([\\\\`*_\\[\\]()#])", "\\\\$1");
  }
}
