#include "ui/connection/profileform.h"

#include "ui/common/theme.h"
#include "ui/connection/connectionform.h"
#include "ui/connection/redactionedit.h"
#include "ui/connection/retentionedit.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QSpinBox>

namespace framescope {

namespace {
constexpr int highestPort = 65'535;
}

ProfileForm::ProfileForm(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QFormLayout(this))
    , m_name(new QLineEdit)
    , m_kind(new QComboBox)
    , m_region(new QComboBox)
    , m_gateway(new QLineEdit)
    , m_url(new QLineEdit)
    , m_person(new QComboBox)
    , m_signIn(new QCheckBox(tr("Sign &in first")))
    , m_tokenUrl(new QLineEdit)
    , m_clientId(new QLineEdit)
    , m_secret(new QLineEdit)
    , m_port(new QSpinBox)
    , m_scope(new QLineEdit)
    , m_caFile(new QLineEdit)
    , m_caRow(withFileButton())
    , m_mask(new QCheckBox(tr("Mas&k personal data before anything keeps it")))
    , m_payloads(new QComboBox)
    , m_retention(new RetentionEdit)
    , m_redaction(new RedactionEdit)
{
    m_kind->addItem(tr("Direct stream"), int(ProfileKind::DirectStream));
    m_kind->addItem(tr("Genesys Cloud notifications"), int(ProfileKind::Notifications));
    m_person->addItem(tr("With a client id and secret"), false);
    m_person->addItem(tr("In the browser, as a person"), true);
    fillPayloadPolicies(m_payloads);
    m_secret->setEchoMode(QLineEdit::Password);
    m_signIn->setChecked(true);
    for (QLineEdit* field : {m_url, m_tokenUrl, m_gateway})
        field->setFont(Theme::instance().fixedFont());
    m_gateway->setPlaceholderText(tr("only where login and API stand behind one host of your own"));
    m_port->setRange(0, highestPort);
    m_port->setSpecialValueText(tr("any free port"));
    m_port->setToolTip(tr("Of the redirect URI http://127.0.0.1:PORT/callback that is registered at the OAuth client"));
    m_mask->setToolTip(
        tr("Phone numbers, names, attributes, transcripts and wrap-up notes. Frames are judged and hashed "
           "as they came, then masked"));
    fillRegions();
    addRows();
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ProfileForm::showRows);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ProfileForm::kindChanged);
    connect(m_person, &QComboBox::currentIndexChanged, this, &ProfileForm::showRows);
    connect(m_payloads, &QComboBox::currentIndexChanged, this, &ProfileForm::showRows);
    connect(m_person, &QComboBox::currentIndexChanged, this, &ProfileForm::identityEdited);
    connect(m_region, &QComboBox::activated, this, &ProfileForm::useRegion);
    connect(m_region, &QComboBox::editTextChanged, this, &ProfileForm::showPlaceholders);
    connect(m_region, &QComboBox::editTextChanged, this, &ProfileForm::identityEdited);
    for (QLineEdit* field : {m_gateway, m_clientId, m_secret})
        connect(field, &QLineEdit::textEdited, this, &ProfileForm::identityEdited);
    connect(m_signIn, &QCheckBox::toggled, this, [this](bool isOn) {
        for (QWidget* field : std::initializer_list<QWidget*>{m_tokenUrl, m_clientId, m_secret, m_scope})
            field->setEnabled(isOn || kind() == ProfileKind::Notifications);
    });
    showRows();
}

QWidget* ProfileForm::withFileButton()
{
    auto* choose = new QPushButton(tr("C&hoose…"));
    choose->setAutoDefault(false);
    connect(choose, &QPushButton::clicked, this,
            [this] { chooseFile(this, m_caFile, tr("CA file"), tr("PEM files (*.pem *.crt)")); });
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_caFile, 1);
    layout->addWidget(choose);
    row->setFocusProxy(m_caFile);
    m_caFile->setPlaceholderText(tr("only for an own certificate authority"));
    return row;
}

void ProfileForm::addRow(const QString& label, QWidget* field)
{
    auto* text = new QLabel(label);
    text->setBuddy(field);
    field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    m_layout->addRow(text, field);
}

void ProfileForm::addRows()
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setHorizontalSpacing(14);
    m_layout->setVerticalSpacing(8);
    m_layout->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    addRow(tr("Na&me"), m_name);
    addRow(tr("&What"), m_kind);
    addRow(tr("Re&gion"), m_region);
    addRow(tr("Gatewa&y URL"), m_gateway);
    addRow(tr("Stream &URL"), m_url);
    m_layout->addRow(QString(), m_signIn);
    addRow(tr("S&ign-in"), m_person);
    addRow(tr("T&oken URL"), m_tokenUrl);
    addRow(tr("Client i&d"), m_clientId);
    addRow(tr("Client s&ecret"), m_secret);
    addRow(tr("Redirect &port"), m_port);
    addRow(tr("Sco&pe"), m_scope);
    addRow(tr("C&A file"), m_caRow);
    m_caFile->setAccessibleName(tr("CA file"));
    m_layout->addRow(QString(), m_mask);
    addRow(tr("Pay&loads"), m_payloads);
    addRow(tr("Redaction &rules"), m_redaction);
    addRow(tr("&Keep payloads"), m_retention);
}

void ProfileForm::fillRegions()
{
    m_region->setEditable(true);
    m_region->setInsertPolicy(QComboBox::NoInsert);
    for (const Region& region : ProfileStore::regions())
        m_region->addItem(QStringLiteral("%1 · %2").arg(region.name, region.domain), region.domain);
}

void ProfileForm::showRows()
{
    const bool isTopics = kind() == ProfileKind::Notifications;
    const bool isPerson = isTopics && m_person->currentData().toBool();
    m_layout->setRowVisible(m_gateway, isTopics);
    m_layout->setRowVisible(m_person, isTopics);
    m_layout->setRowVisible(m_port, isPerson);
    m_layout->setRowVisible(m_secret, !isPerson);
    m_layout->setRowVisible(m_redaction, payloads() == PayloadPolicy::Redacted || !m_redaction->rules());
    for (QWidget* field : std::initializer_list<QWidget*>{m_url, m_signIn, m_tokenUrl, m_scope})
        m_layout->setRowVisible(field, !isTopics);
    const bool signsIn = isTopics || m_signIn->isChecked();
    for (QWidget* field : std::initializer_list<QWidget*>{m_tokenUrl, m_clientId, m_secret, m_scope})
        field->setEnabled(signsIn);
}

void ProfileForm::useRegion()
{
    // The region's own addresses apply again: what was typed belonged to another region.
    m_url->clear();
    m_tokenUrl->clear();
    m_gateway->clear();
    showPlaceholders();
}

void ProfileForm::showPlaceholders()
{
    Profile standard;
    standard.region = profile().region;
    m_url->setPlaceholderText(standard.effectiveUrl().toString());
    m_tokenUrl->setPlaceholderText(standard.effectiveTokenUrl().toString());
}

void ProfileForm::showProfile(const Profile& profile)
{
    m_name->setText(profile.name);
    m_kind->setCurrentIndex(m_kind->findData(int(profile.kind)));
    const int known = m_region->findData(profile.region);
    if (known >= 0)
        m_region->setCurrentIndex(known);
    else
        m_region->setEditText(profile.region);
    m_gateway->setText(profile.gateway.toString());
    m_url->setText(profile.url.toString());
    m_tokenUrl->setText(profile.tokenUrl.toString());
    m_person->setCurrentIndex(profile.personSignsIn ? 1 : 0);
    m_clientId->setText(profile.clientId);
    m_port->setValue(profile.redirectPort);
    m_scope->setText(profile.scope);
    m_caFile->setText(profile.caFile);
    m_signIn->setChecked(profile.signIn);
    m_mask->setChecked(profile.maskPersonal);
    m_payloads->setCurrentIndex(m_payloads->findData(int(profile.payloads)));
    m_redaction->setRules(profile.redaction);
    m_retention->setRetention(profile.retention);
    m_secret->clear();
    showPlaceholders();
    showRows();
}

Profile ProfileForm::profile() const
{
    Profile profile;
    profile.name = name();
    profile.kind = kind();
    const QString typed = m_region->currentText().trimmed();
    const int known = m_region->findText(typed);
    profile.region = known >= 0 ? m_region->itemData(known).toString() : typed;
    profile.url = QUrl(m_url->text().trimmed(), QUrl::StrictMode);
    profile.tokenUrl = QUrl(m_tokenUrl->text().trimmed(), QUrl::StrictMode);
    profile.clientId = m_clientId->text().trimmed();
    profile.scope = m_scope->text().simplified();
    profile.caFile = m_caFile->text().trimmed();
    profile.signIn = m_signIn->isChecked();
    profile.maskPersonal = m_mask->isChecked();
    profile.payloads = payloads();
    profile.redaction = m_redaction->rules().value_or(RedactionRules()); // unreadable() says what is wrong with them
    profile.retention = m_retention->retention().value_or(PayloadRetention()); // as above
    profile.gateway = QUrl(m_gateway->text().trimmed(), QUrl::StrictMode);
    profile.personSignsIn = m_person->currentData().toBool();
    profile.redirectPort = quint16(m_port->value());
    return profile;
}

QString ProfileForm::unreadable() const
{
    // Not only where they are used: what cannot be read would be lost when the profile is saved.
    if (payloads() == PayloadPolicy::Redacted || !m_redaction->rules()) {
        const QString problem = m_redaction->problem();
        if (!problem.isEmpty())
            return problem;
    }
    if (const QString problem = m_retention->problem(); !problem.isEmpty())
        return problem;
    const auto isWrong = [](const QLineEdit* field) {
        const QString text = field->text().trimmed();
        return !text.isEmpty() && !QUrl(text, QUrl::StrictMode).isValid();
    };
    if (kind() == ProfileKind::Notifications)
        return isWrong(m_gateway) ? tr("The gateway URL cannot be read.") : QString();
    if (isWrong(m_url))
        return tr("The stream URL cannot be read.");
    return isWrong(m_tokenUrl) ? tr("The token URL cannot be read.") : QString();
}

Secret ProfileForm::typedSecret() const
{
    return Secret(m_secret->text().toUtf8());
}

void ProfileForm::clearSecret()
{
    m_secret->clear();
}

void ProfileForm::focusSecret()
{
    m_secret->setFocus();
}

void ProfileForm::focusName()
{
    m_name->setFocus();
}

void ProfileForm::setSecretStored(bool isStored)
{
    m_secret->setPlaceholderText(isStored ? tr("unchanged") : QString());
}

QString ProfileForm::name() const
{
    return m_name->text().trimmed();
}

PayloadPolicy ProfileForm::payloads() const
{
    return PayloadPolicy(m_payloads->currentData().toInt());
}

ProfileKind ProfileForm::kind() const
{
    return ProfileKind(m_kind->currentData().toInt());
}

} // namespace framescope
