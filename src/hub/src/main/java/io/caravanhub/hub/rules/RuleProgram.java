package io.caravanhub.hub.rules;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.drools.kiesession.rulebase.InternalKnowledgeBase;
import org.drools.kiesession.rulebase.KnowledgeBaseFactory;
import org.kie.api.KieBase;
import org.kie.api.io.ResourceType;
import org.kie.internal.builder.KnowledgeBuilder;
import org.kie.internal.builder.KnowledgeBuilderFactory;
import org.kie.internal.io.ResourceFactory;

/**
 * Rules compiled by Drools. Immutable and safe for many threads: each call runs a stateless session
 * of its own over the facts it is given.
 */
final class RuleProgram {
  private final KieBase base;

  private RuleProgram(KieBase base) {
    this.base = base;
  }

  /** Compiles; seconds the first time, some hundred milliseconds later. */
  static RuleProgram compile(List<Rule> rules) {
    KnowledgeBuilder builder = KnowledgeBuilderFactory.newKnowledgeBuilder();
    builder.add(
        ResourceFactory.newByteArrayResource(Drl.of(rules).getBytes(StandardCharsets.UTF_8)),
        ResourceType.DRL);
    if (builder.hasErrors()) {
      throw new IllegalStateException("generated rules do not compile: " + builder.getErrors());
    }
    InternalKnowledgeBase base = KnowledgeBaseFactory.newKnowledgeBase();
    base.addPackages(builder.getKnowledgePackages());
    return new RuleProgram(base);
  }

  /** Marks every sample whose limit is passed. */
  void run(List<Sample> samples) {
    base.newStatelessKieSession().execute(samples);
  }
}
