package io.caravanhub.hub.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;

/**
 * Renders parts of a page outside of a request: the very fragments that the whole page is made of.
 */
@Component
class Fragments {
  private final SpringTemplateEngine engine;
  private final Wording wording = new Wording();

  Fragments(SpringTemplateEngine engine) {
    this.engine = engine;
  }

  /** The fragments of a template, by name; each is an element whose id is {@code live-<name>}. */
  Map<String, String> render(String template, List<String> fragments, Map<String, Object> model) {
    Context context = new Context(Locale.ENGLISH);
    context.setVariables(model);
    context.setVariable("say", wording);
    Map<String, String> sections = new LinkedHashMap<>();
    for (String fragment : fragments) {
      sections.put("live-" + fragment, engine.process(template, Set.of(fragment), context));
    }
    return sections;
  }
}
