"""What watches the logs: the filter for fail2ban in nginx-config/monitoring/."""
