package io.caravanhub.hub.rules;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Notices what matters in telemetry. */
@Component("rules")
public class RulesComponent extends DefaultComponent {
  @Metadata(label = "advanced", autowired = true)
  private @Nullable RuleEngine engine;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    RulesEndpoint endpoint = new RulesEndpoint(uri, this);
    endpoint.setOperation(RulesOperation.valueOf(remaining));
    setProperties(endpoint, parameters);
    return endpoint;
  }

  /** The engine in use. */
  public @Nullable RuleEngine getEngine() {
    return engine;
  }

  /** The rule engine to use. Looked up in the registry by its type when not set. */
  public void setEngine(@Nullable RuleEngine engine) {
    this.engine = engine;
  }

  RuleEngine engine() {
    RuleEngine set = engine;
    return set != null
        ? set
        : CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), RuleEngine.class);
  }
}
