package io.caravanhub.hub.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;

/**
 * Who may call what. Camel's contract-first REST does not enforce the OpenAPI file's security, so
 * all of it stands here: the API by bearer token, webhooks by their own signatures, the console by
 * session.
 */
@Configuration(proxyBeanMethods = false)
public class SecurityConfiguration {
  private static final String[] STAFF = {"admin", "engineer", "dispatcher", "technician", "viewer"};
  private static final String[] DISPATCH = {"admin", "engineer", "dispatcher"};
  private static final String[] BUILD = {"admin", "engineer"};
  private static final String PAGE_TOKEN = "X-CSRF-TOKEN";
  private static final HeaderWriter NOT_KEPT = new CacheControlHeadersWriter();

  /**
   * The API as the console's pages call it: by the session, with the token against forged requests
   * in a header, which a page from elsewhere cannot set. The same rules hold as for bearer tokens.
   */
  @Bean
  @Order(0)
  SecurityFilterChain pageCalls(
      HttpSecurity http, Tokens tokens, @Value("${hub.console.open}") boolean open)
      throws Exception {
    return rules(http)
        .csrf(c -> c.csrfTokenRepository(new PageTokens()))
        .securityMatcher(
            request ->
                request.getRequestURI().startsWith("/api/v1/")
                    && request.getHeader(PAGE_TOKEN) != null
                    && request.getHeader("Authorization") == null)
        .addFilterBefore(
            new SessionFilter(open, tokens), UsernamePasswordAuthenticationFilter.class)
        .build();
  }

  @Bean
  @Order(1)
  SecurityFilterChain api(HttpSecurity http, Tokens tokens) throws Exception {
    return rules(http)
        .securityMatcher("/api/**", "/hooks/**", "/actuator/**")
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(new BearerFilter(tokens), UsernamePasswordAuthenticationFilter.class)
        .build();
  }

  private static HttpSecurity rules(HttpSecurity http) throws Exception {
    Problems problems = new Problems();
    return http.logout(AbstractHttpConfigurer::disable)
        .requestCache(RequestCacheConfigurer::disable)
        .authorizeHttpRequests(
            a ->
                // An answer that was computed on another thread comes back by a dispatch that was
                // let in before.
                a.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(
                        "/hooks/**",
                        "/api/v1/openapi.yaml",
                        "/api/v1/fsm-contract.yaml",
                        "/api/v1/schemas",
                        "/api/v1/schemas/*")
                    .permitAll()
                    .requestMatchers("/actuator/health/**")
                    .access(
                        (who, c) ->
                            problems.decide(
                                Loopback.is(c.getRequest()) || Caller.is(who.get(), STAFF)))
                    // Metrics name the tenants and what is theirs.
                    .requestMatchers("/actuator/**")
                    .access(
                        (who, c) ->
                            problems.decide(
                                Loopback.is(c.getRequest()) || Caller.operates(who.get())))
                    .requestMatchers(
                        "/api/v1/telemetry/ingest",
                        "/api/v1/telemetry/stream",
                        "/api/v1/telemetry/upload")
                    .access(
                        (who, c) ->
                            problems.decide(
                                Caller.is(who.get(), "device", "gateway", "admin", "engineer")))
                    .requestMatchers(
                        HttpMethod.POST,
                        "/api/v1/gateways/*/batch",
                        "/api/v1/gateways/*/clock",
                        "/api/v1/gateways/*/health",
                        "/api/v1/gateways/*/configuration/report",
                        "/api/v1/gateways/*/software/report")
                    .access(
                        (who, c) ->
                            problems.decide(Caller.is(who.get(), "gateway", "admin", "engineer")))
                    .requestMatchers("/api/v1/enrol")
                    .permitAll()
                    .requestMatchers(
                        HttpMethod.GET,
                        "/api/v1/gateways/*/configuration",
                        "/api/v1/gateways/*/software",
                        "/api/v1/gateway-software/*/file")
                    .access(
                        (who, c) ->
                            problems.decide(
                                Caller.is(who.get(), STAFF) || Caller.is(who.get(), "gateway")))
                    .requestMatchers(HttpMethod.GET, "/api/**")
                    .access((who, c) -> problems.decide(Caller.is(who.get(), STAFF)))
                    .requestMatchers("/api/v1/inbox/**")
                    .access((who, c) -> problems.decide(Caller.is(who.get(), STAFF)))
                    .requestMatchers(
                        "/api/v1/tenant/**",
                        "/api/v1/gateways/*/enrolment-codes",
                        "/api/v1/gateways/*/credentials",
                        "/api/v1/gateways/*/software",
                        "/api/v1/gateway-software/**",
                        "/api/v1/gateway-software")
                    .access((who, c) -> problems.decide(Caller.is(who.get(), "admin")))
                    .requestMatchers(
                        "/api/v1/events/**",
                        "/api/v1/actions/**",
                        "/api/v1/messages/**",
                        "/api/v1/notices/**")
                    .access((who, c) -> problems.decide(Caller.is(who.get(), DISPATCH)))
                    .requestMatchers("/api/v1/devices/claim")
                    .access(
                        (who, c) ->
                            problems.decide(
                                Caller.is(who.get(), "admin", "engineer", "technician")))
                    .anyRequest()
                    .access((who, c) -> problems.decide(Caller.is(who.get(), BUILD))))
        .exceptionHandling(e -> e.authenticationEntryPoint(problems).accessDeniedHandler(problems))
        .headers(
            h ->
                h.cacheControl(HeadersConfigurer.CacheControlConfig::disable)
                    .addHeaderWriter(SecurityConfiguration::keeping));
  }

  /** A published schema may be kept for an hour, and nothing else at all. */
  private static void keeping(HttpServletRequest request, HttpServletResponse response) {
    if (request.getRequestURI().startsWith("/api/v1/schemas/") && response.getStatus() < 400) {
      response.setHeader("Cache-Control", "public, max-age=3600");
    } else {
      NOT_KEPT.writeHeaders(request, response);
    }
  }

  @Bean
  @Order(2)
  SecurityFilterChain console(
      HttpSecurity http, Tokens tokens, @Value("${hub.console.open}") boolean open)
      throws Exception {
    return http.addFilterBefore(
            new SessionFilter(open, tokens), UsernamePasswordAuthenticationFilter.class)
        .csrf(c -> c.csrfTokenRepository(new PageTokens()))
        // Signing in leads to the overview: where somebody wanted to go needs no session.
        .requestCache(RequestCacheConfigurer::disable)
        .authorizeHttpRequests(
            a ->
                a.dispatcherTypeMatchers(DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(
                        "/login",
                        "/webjars/**",
                        "/console/**",
                        "/favicon.ico",
                        "/favicon.svg",
                        "/error")
                    .permitAll()
                    .requestMatchers(
                        HttpMethod.POST,
                        "/dead-letters/**",
                        "/metrics/**",
                        "/device-types/**",
                        "/connections/**",
                        "/new-connection",
                        "/fsm-connections/**",
                        "/new-fsm-connection",
                        "/new-device")
                    .access(
                        (who, c) ->
                            new org.springframework.security.authorization.AuthorizationDecision(
                                Caller.is(who.get(), BUILD)))
                    // Changes nothing: texts are taken apart and tried.
                    .requestMatchers(HttpMethod.POST, "/mappings/table", "/rules/-/look")
                    .access(
                        (who, c) ->
                            new org.springframework.security.authorization.AuthorizationDecision(
                                Caller.is(who.get(), STAFF)))
                    .requestMatchers(HttpMethod.GET, "/**")
                    .access(
                        (who, c) ->
                            new org.springframework.security.authorization.AuthorizationDecision(
                                Caller.is(who.get(), STAFF)))
                    .anyRequest()
                    .access(
                        (who, c) ->
                            new org.springframework.security.authorization.AuthorizationDecision(
                                Caller.is(who.get(), DISPATCH))))
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                    (request, response, cause) ->
                        response.sendRedirect(request.getContextPath() + "/login")))
        .headers(
            h ->
                h.contentSecurityPolicy(
                    c ->
                        c.policyDirectives(
                            "default-src 'self'; img-src 'self' data:; style-src 'self'"
                                + " 'unsafe-inline'; frame-ancestors 'none'")))
        .build();
  }
}
