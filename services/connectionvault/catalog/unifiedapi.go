package catalog

// UnifiedAPI is a kind of product, such as CRM, that connectors belong to.
type UnifiedAPI struct {
	ID   string
	Name string
}

// unifiedAPIs are all there are, by id.
var unifiedAPIs = []UnifiedAPI{
	{"accounting", "Accounting"},
	{"ats", "ATS"},
	{"calendar", "Calendar"},
	{"crm", "CRM"},
	{"customer-support", "Customer Support"},
	{"data-warehouse", "Data Warehouse"},
	{"ecommerce", "Ecommerce"},
	{"email", "Email"},
	{"email-marketing", "Email Marketing"},
	{"expense-management", "Expense Management"},
	{"file-storage", "File Storage"},
	{"form", "Form"},
	{"hris", "HRIS"},
	{"issue-tracking", "Issue Tracking"},
	{"lead", "Lead"},
	{"payroll", "Payroll"},
	{"pos", "Point of Sale"},
	{"procurement", "Procurement"},
	{"project-management", "Project Management"},
	{"script", "Script"},
	{"sms", "SMS"},
	{"spreadsheet", "Spreadsheet"},
	{"team-messaging", "Team Messaging"},
	{"time-registration", "Time Registration"},
	{"transactional-email", "Transactional Email"},
}

func unifiedAPIIDs() []string {
	ids := make([]string, len(unifiedAPIs))
	for i, a := range unifiedAPIs {
		ids[i] = a.ID
	}
	return ids
}
