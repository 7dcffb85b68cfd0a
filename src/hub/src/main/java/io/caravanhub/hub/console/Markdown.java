package io.caravanhub.hub.console;

import java.util.List;
import java.util.Map;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Markdown of a connector's folder as HTML that a page may hold. Thread-safe. */
final class Markdown {
  private static final List<org.commonmark.Extension> TABLES = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(TABLES).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder()
          .extensions(TABLES)
          .escapeHtml(true)
          .sanitizeUrls(true)
          .attributeProviderFactory(
              context ->
                  (node, tag, attributes) -> {
                    if (node instanceof Link) {
                      attributes.putAll(Map.of("rel", "noopener noreferrer", "target", "_blank"));
                    }
                  })
          .build();

  private Markdown() {}

  /**
   * The text without its first heading, which the page has itself. HTML in it is shown as it is
   * written; links into the folder, and images, are their texts.
   */
  static String html(String markdown) {
    Node document = PARSER.parse(markdown);
    if (document.getFirstChild() instanceof Heading heading && heading.getLevel() == 1) {
      heading.unlink();
    }
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Link link) {
            visitChildren(link);
            if (!link.getDestination().matches("https?://.*")) {
              dissolve(link);
            }
          }

          @Override
          public void visit(Image image) {
            visitChildren(image);
            dissolve(image);
          }
        });
    return RENDERER.render(document);
  }

  private static void dissolve(Node node) {
    for (Node child = node.getFirstChild(); child != null; child = node.getFirstChild()) {
      node.insertBefore(child);
    }
    node.unlink();
  }
}
