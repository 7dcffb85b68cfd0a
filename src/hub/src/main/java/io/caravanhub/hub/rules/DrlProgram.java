package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleProgram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.drools.kiesession.rulebase.InternalKnowledgeBase;
import org.drools.kiesession.rulebase.KnowledgeBaseFactory;
import org.kie.api.KieBase;
import org.kie.api.io.ResourceType;
import org.kie.internal.builder.KnowledgeBuilder;
import org.kie.internal.builder.KnowledgeBuilderError;
import org.kie.internal.builder.KnowledgeBuilderFactory;
import org.kie.internal.io.ResourceFactory;

/**
 * An engineer's DRL, compiled by Drools. It may run any Java, so it comes from the disk alone.
 * Immutable and safe for many threads: each call runs a stateless session of its own over the facts
 * it is given.
 */
final class DrlProgram implements RuleProgram {
  private final KieBase base;

  private DrlProgram(KieBase base) {
    this.base = base;
  }

  /**
   * Compiles; seconds the first time, some hundred milliseconds later.
   *
   * @throws RuleException with the line of the first mistake
   */
  static DrlProgram compile(String drl) {
    KnowledgeBuilder builder = KnowledgeBuilderFactory.newKnowledgeBuilder();
    builder.add(
        ResourceFactory.newByteArrayResource(drl.getBytes(StandardCharsets.UTF_8)),
        ResourceType.DRL);
    if (builder.hasErrors()) {
      KnowledgeBuilderError first = builder.getErrors().iterator().next();
      int[] lines = first.getLines();
      throw new RuleException(
          "", lines.length == 0 ? 1 : Math.max(1, lines[0]), "not DRL: " + first.getMessage());
    }
    InternalKnowledgeBase base = KnowledgeBaseFactory.newKnowledgeBase();
    base.addPackages(builder.getKnowledgePackages());
    return new DrlProgram(base);
  }

  @Override
  public boolean isMet(List<Input> inputs) {
    Verdict verdict = new Verdict();
    List<Object> facts = new ArrayList<>(inputs.size() + 1);
    for (Input input : inputs) {
      facts.add(new Reading(input.metric(), input.value(), input.text(), input.ageSeconds()));
    }
    facts.add(verdict);
    base.newStatelessKieSession().execute(facts);
    return verdict.isMet();
  }
}
