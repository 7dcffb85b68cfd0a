package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.hub.connector.Leases.Lease;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Where the answers of polls go: devices to the registry, readings through the routes. */
@Component
class AnswerSinks {
  private final CamelContext context;
  private final Leases leases;
  private final DeviceSync devices;
  private final FaultLog faults;
  private volatile @Nullable ProducerTemplate template;

  AnswerSinks(@Lazy CamelContext context, Leases leases, DeviceSync devices, FaultLog faults) {
    this.context = context;
    this.leases = leases;
    this.devices = devices;
    this.faults = faults;
  }

  AnswerSink open(Lease lease, Connection connection, Cloud cloud) {
    ProducerTemplate producer = template;
    if (producer == null) {
      producer = context.createProducerTemplate();
      template = producer;
    }
    return new AnswerSink(lease, connection, cloud, producer, leases, devices, faults);
  }
}
