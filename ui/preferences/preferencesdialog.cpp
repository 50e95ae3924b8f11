#include "ui/preferences/preferencesdialog.h"

#include "core/session/sessionconfig.h"
#include "ui/common/errorwords.h"
#include "ui/common/widgets.h"
#include "ui/connection/connectionform.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QSpinBox>

namespace framescope {

namespace {

template <typename Box, typename Range>
void limit(Box* box, const Range& range, const QString& suffix)
{
    box->setRange(range.least, range.most);
    box->setSuffix(suffix);
    box->setGroupSeparatorShown(true);
    box->setAccelerated(true);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setFixedWidth(140);
}

} // namespace

PreferencesDialog::PreferencesDialog(QWidget* parent)
    : QDialog(parent)
    , m_scheme(new QComboBox)
    , m_matrix(new QLineEdit)
    , m_matrixVerdict(secondaryLabel())
    , m_window(new QSpinBox)
    , m_flag(new QSpinBox)
    , m_refuse(new QSpinBox)
    , m_breaker(new QDoubleSpinBox)
    , m_coolDown(new QSpinBox)
    , m_result(plainLabel())
    , m_save(primaryButton(tr("&Save")))
{
    setWindowTitle(tr("Preferences"));
    setModal(false);
    m_result->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    column->addWidget(buildForm(), 1);
    column->addWidget(m_result);
    column->addWidget(buildButtons());
    m_result->hide();
    QString notice;
    fill(Preferences::load(&notice));
    if (!notice.isEmpty()) {
        setKind(m_result, "warning");
        m_result->setText(QStringLiteral("! ") + notice);
        m_result->show();
    }
    resize(600, sizeHint().height());
}

QWidget* PreferencesDialog::buildForm()
{
    m_scheme->addItem(tr("As the desktop"), int(ColorScheme::Auto));
    m_scheme->addItem(tr("Light"), int(ColorScheme::Light));
    m_scheme->addItem(tr("Dark"), int(ColorScheme::Dark));
    m_scheme->setFixedWidth(180);
    limit(m_window, Preferences::metricsWindowRange, tr(" frames"));
    limit(m_flag, Preferences::limitRangeKiB, tr(" KiB"));
    limit(m_refuse, Preferences::limitRangeKiB, tr(" KiB"));
    limit(m_breaker, Preferences::breakerMeanRangeMb, tr(" MB"));
    limit(m_coolDown, Preferences::breakerCoolDownRange, tr(" s"));
    m_breaker->setDecimals(1);
    m_breaker->setSingleStep(0.1);
    m_matrix->setPlaceholderText(tr("built in"));
    m_matrix->setClearButtonEnabled(true);
    m_matrixVerdict->setWordWrap(true);
    connect(m_matrix, &QLineEdit::textChanged, this, &PreferencesDialog::checkChosenMatrix);
    // What is flagged must be allowed: the two limits never cross.
    connect(m_flag, &QSpinBox::valueChanged, this, [this](int kib) { m_refuse->setMinimum(kib); });
    auto* choose = new QPushButton(tr("C&hoose…"));
    connect(choose, &QPushButton::clicked, this,
            [this] { chooseFile(this, m_matrix, tr("Payload type matrix"), tr("JSON files (*.json)")); });
    auto* matrixRow = new QWidget;
    auto* matrixLayout = new QHBoxLayout(matrixRow);
    matrixLayout->setContentsMargins(0, 0, 0, 0);
    matrixLayout->addWidget(m_matrix, 1);
    matrixLayout->addWidget(choose);
    matrixRow->setFocusProxy(m_matrix);
    m_matrix->setAccessibleName(tr("Payload type matrix"));

    QFrame* sheet = panelFrame();
    auto* form = new QFormLayout(sheet);
    form->setContentsMargins(16, 12, 16, 14);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(7);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    addHeading(form, tr("Appearance"));
    addRow(form, tr("&Colours"), m_scheme);
    addHeading(form, tr("Payloads"));
    addRow(form, tr("Payload type &matrix"), matrixRow);
    form->addRow(QString(), m_matrixVerdict);
    addHeading(form, tr("Measuring and limits, from the next session on"));
    addRow(form, tr("Metrics &window"), m_window, tr("the last frames that p50, p95 and p99 are of"));
    addRow(form, tr("&Flag above"), m_flag, tr("kept and decoded, with a warning"));
    addRow(form, tr("&Refuse above"), m_refuse, tr("counted, neither copied nor decoded"));
    addRow(form, tr("Circuit &breaker"), m_breaker, tr("mean size over 60 s that opens it"));
    addRow(form, tr("Cool-&down"), m_coolDown, tr("before the breaker probes once"));
    return sheet;
}

QWidget* PreferencesDialog::buildButtons()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* restore = new QPushButton(tr("Res&tore defaults"));
    auto* cancel = new QPushButton(tr("Cancel"));
    restore->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_save->setDefault(true);
    row->addWidget(restore);
    row->addStretch();
    row->addWidget(cancel);
    row->addWidget(m_save);
    connect(restore, &QPushButton::clicked, this, &PreferencesDialog::restoreDefaults);
    connect(cancel, &QPushButton::clicked, this, &PreferencesDialog::close);
    connect(m_save, &QPushButton::clicked, this, &PreferencesDialog::savePreferences);
    return bar;
}

void PreferencesDialog::addHeading(QFormLayout* form, const QString& text)
{
    QLabel* heading = titleLabel(text);
    if (form->rowCount() > 0)
        heading->setContentsMargins(0, 10, 0, 0);
    form->addRow(heading);
}

void PreferencesDialog::addRow(QFormLayout* form, const QString& label, QWidget* field, const QString& hint)
{
    auto* text = new QLabel(label);
    text->setBuddy(field);
    field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    field->setAccessibleDescription(hint);
    if (hint.isEmpty()) {
        form->addRow(text, field);
        return;
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    row->addWidget(field);
    row->addWidget(secondaryLabel(hint), 1);
    form->addRow(text, row);
}

void PreferencesDialog::fill(const Preferences& preferences)
{
    m_scheme->setCurrentIndex(m_scheme->findData(int(preferences.scheme)));
    m_matrix->setText(preferences.matrixPath);
    m_window->setValue(preferences.metricsWindow);
    m_flag->setValue(int(preferences.flagBytes / 1024));
    m_refuse->setValue(int(preferences.refuseBytes / 1024));
    m_breaker->setValue(preferences.breakerMeanMb);
    m_coolDown->setValue(preferences.breakerCoolDownSeconds);
    checkChosenMatrix();
}

Preferences PreferencesDialog::edited() const
{
    Preferences preferences;
    preferences.scheme = ColorScheme(m_scheme->currentData().toInt());
    preferences.matrixPath = m_matrix->text().trimmed();
    preferences.metricsWindow = m_window->value();
    preferences.flagBytes = quint64(m_flag->value()) * 1024;
    preferences.refuseBytes = quint64(m_refuse->value()) * 1024;
    preferences.breakerMeanMb = m_breaker->value();
    preferences.breakerCoolDownSeconds = m_coolDown->value();
    return preferences;
}

void PreferencesDialog::setMatrixPath(const QString& path)
{
    m_matrix->setText(path);
}

QString PreferencesDialog::matrixVerdict() const
{
    return m_matrixVerdict->text();
}

bool PreferencesDialog::canSave() const
{
    return m_save->isEnabled();
}

void PreferencesDialog::checkChosenMatrix()
{
    const QString path = m_matrix->text().trimmed();
    bool isGood = true;
    if (path.isEmpty()) {
        setKind(m_matrixVerdict, "secondary");
        m_matrixVerdict->setText(tr("interaction.update, telephony.media and keepalive"));
    } else if (const Expected<void> checked = checkMatrix(path); checked) {
        setKind(m_matrixVerdict, "accepted");
        m_matrixVerdict->setText(tr("✓ The file is a payload type matrix."));
    } else {
        isGood = false;
        setKind(m_matrixVerdict, "refused");
        m_matrixVerdict->setText(tr("✕ %1").arg(errorSentence(checked.error())));
    }
    m_save->setEnabled(isGood);
}

void PreferencesDialog::restoreDefaults()
{
    fill(Preferences{});
}

void PreferencesDialog::savePreferences()
{
    if (!canSave())
        return;
    if (const Expected<void> saved = edited().save(); !saved) {
        setKind(m_result, "refused");
        m_result->setText(tr("✕ Not saved. %1").arg(errorSentence(saved.error())));
        m_result->show();
        return;
    }
    Q_EMIT changed();
    close();
}

} // namespace framescope
