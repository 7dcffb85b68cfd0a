package io.caravanhub.hub.api;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.security.Caller;
import io.caravanhub.hub.security.HubPrincipal;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Camel answers HTTP requests on a pool of its own: this takes the caller and its tenant along to
 * that thread.
 */
@Configuration(proxyBeanMethods = false)
public class CallerContext {

  /** Who is calling on this thread. */
  public static HubPrincipal current() {
    if (SecurityContextHolder.getContext().getAuthentication() instanceof Caller caller) {
      return caller.getPrincipal();
    }
    throw new IllegalStateException("nobody is calling on this thread");
  }

  @Bean
  TaskDecorator carryCaller() {
    return task -> {
      SecurityContext context = SecurityContextHolder.getContext();
      String tenant = TenantScope.current();
      return () -> {
        SecurityContextHolder.setContext(context);
        if (tenant != null) {
          TenantScope.enter(tenant);
        }
        try {
          task.run();
        } finally {
          SecurityContextHolder.clearContext();
          TenantScope.leave();
        }
      };
    };
  }
}
