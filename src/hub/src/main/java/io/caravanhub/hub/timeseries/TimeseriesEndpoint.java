package io.caravanhub.hub.timeseries;

import java.util.Objects;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Write telemetry to the time-series store in batches.
 *
 * <p>The exchange completes when its rows are committed. When the store is behind, it fails at once
 * with {@link io.caravanhub.core.telemetry.StoreBusyException}.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "timeseries",
    title = "Timeseries",
    syntax = "timeseries:name",
    producerOnly = true,
    category = {Category.DATABASE, Category.IOT},
    headersClass = TimeseriesConstants.class)
public class TimeseriesEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private String name = "";

  public TimeseriesEndpoint(String uri, TimeseriesComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    TelemetryWriter writer = ((TimeseriesComponent) getComponent()).getWriter();
    return new TimeseriesProducer(
        this, Objects.requireNonNull(writer, "no TelemetryWriter in the registry"));
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException(
        "timeseries: only writes; read through the telemetry API");
  }

  public String getName() {
    return name;
  }

  /** A name for this use of the store, shown in statistics. */
  public void setName(String name) {
    this.name = name;
  }
}
