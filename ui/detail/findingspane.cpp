#include "ui/detail/findingspane.h"

#include "ui/common/widgets.h"
#include "ui/detail/findingsmodel.h"
#include "ui/detail/findingwords.h"
#include "ui/detail/rowtable.h"

#include <QHeaderView>
#include <QStackedWidget>

namespace framescope {

FindingsPane::FindingsPane(QWidget* parent)
    : QWidget(parent)
    , m_model(new FindingsModel(this))
    , m_table(new QTableView)
    , m_empty(secondaryLabel())
    , m_pages(new QStackedWidget)
{
    m_table->setModel(m_model);
    setUpRowTable(m_table);
    m_table->setAccessibleName(tr("Findings by rule"));
    m_table->setItemDelegate(new RowDelegate(FindingsModel::SeverityRole, RowDelegate::Look::Plain, m_table));
    m_table->setItemDelegateForColumn(
        FindingsModel::SeverityColumn,
        new RowDelegate(FindingsModel::SeverityRole, RowDelegate::Look::Severity, m_table));
    m_table->setItemDelegateForColumn(FindingsModel::IdColumn,
                                      new RowDelegate(FindingsModel::SeverityRole, RowDelegate::Look::Fixed, m_table));
    m_table->horizontalHeader()->resizeSection(FindingsModel::SeverityColumn, 110);
    m_table->horizontalHeader()->resizeSection(FindingsModel::CountColumn, 90);
    m_table->horizontalHeader()->setSectionResizeMode(FindingsModel::TitleColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->resizeSection(FindingsModel::IdColumn, 220);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (m_model->findingAt(index.row()) != FindingId::None)
            Q_EMIT filterRequested(findingFilter(m_model->findingAt(index.row())));
    });

    m_empty->setAlignment(Qt::AlignCenter);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_table);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
    setFocusProxy(m_table);
    setMetrics(nullptr);
}

void FindingsPane::setMetrics(const MetricsSnapshotPtr& metrics)
{
    m_model->setMetrics(metrics);
    const bool hasFrames = metrics && metrics->totals.received > 0;
    m_empty->setText(hasFrames ? tr("✓ No findings: every frame so far was accepted.") : tr("No frames yet."));
    m_pages->setCurrentIndex(m_model->rowCount() == 0 ? 0 : 1);
}

} // namespace framescope
