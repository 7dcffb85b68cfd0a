package io.caravanhub.hub;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The Spring Boot application behind {@code ./hub run}. */
@SpringBootApplication
@EnableScheduling
public class HubApplication {}
