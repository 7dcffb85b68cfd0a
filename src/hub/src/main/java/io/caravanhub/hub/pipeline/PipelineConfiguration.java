package io.caravanhub.hub.pipeline;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingComponent;
import io.caravanhub.hub.devicemap.DeviceMapFolder;
import io.caravanhub.hub.mapping.TenantMappings;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.spi.ComponentCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Parts of the core that the hub's routes find in the registry. */
@Configuration(proxyBeanMethods = false)
class PipelineConfiguration {

  /** Mappings of devices ({@code halden/aerotop}) and of connectors ({@code kestrel/telemetry}). */
  @Bean
  FolderMappingCatalog mappingFiles(
      @Value("${hub.mappings}") Path mappings, @Value("${hub.connectors}") Path connectors) {
    return new FolderMappingCatalog(List.of(mappings, connectors.resolve("oem")));
  }

  /** Tenants' versions go before files. */
  @Bean
  ComponentCustomizer mappingsOfTenants(TenantMappings mappings) {
    return ComponentCustomizer.forType(
        MappingComponent.class, component -> component.setCatalog(mappings));
  }

  /**
   * Device maps lie beside the mappings, tenants' own before them, keys, trusted certificates and
   * each tenant's passwords in the hub's home.
   */
  @Bean
  ComponentCustomizer fieldbusMaps(
      @Value("${hub.mappings}") String mappings, @Value("${hub.home}") Path home) {
    return ComponentCustomizer.forType(
        FieldbusComponent.class,
        component -> {
          component.setMappings(mappings);
          component.setTenantMaps(home.resolve(DeviceMapFolder.FOLDER).toString());
          component.setPki(home.resolve("pki/opcua").toString());
          component.setSecrets(home.resolve("secrets").toString());
        });
  }
}
